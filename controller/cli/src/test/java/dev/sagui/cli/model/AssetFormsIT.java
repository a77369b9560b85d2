/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static dev.sagui.cli.Ran.sagui;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.cli.Ran;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every short form on every real model: a result that is what it says, or one sentence. */
@Tag("slow")
class AssetFormsIT {
  private static final List<String> FORMS =
      List.of(
          "--store int8",
          "--store fp16",
          "--store int4",
          "--store palette4",
          "--quantize dynamic",
          "--quantize int4",
          "--quantize int8",
          "--quantize fp16");

  /** Below, a report warns. */
  private static final double POOR_DB = 10;

  private static final String NOISE = "random:1:2";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "fashion-vae-decoder,     latent:normal:1:8",
    "fashion-vae-encoder,     random:1:8:0..1",
    "fashion-dcgan-generator, latent:normal:1:8",
    "esrgan-slim-x2,          random:1:2:0..255",
  })
  void modelsOfTheDemo(String name, String data) throws IOException {
    every(Path.of("../../deploy/demo/models", name + ".onnx"), "--data", data);
  }

  @ParameterizedTest
  @MethodSource("dev.sagui.cli.model.Assets#ocrNets")
  void netsOfPpOcr(String name) throws IOException, InterruptedException {
    every(Assets.ocr(name), "--data", NOISE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void miniLm(boolean quantized) throws IOException, InterruptedException {
    every(quantized ? Assets.miniLmInt8() : Assets.miniLm(), "--data", NOISE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--store int8", "--store fp16", "--quantize dynamic", "--quantize int4"})
  void voiceOfPiper(String form) throws IOException, InterruptedException {
    holds(Assets.voice(), form, "--data", NOISE);
  }

  private void every(Path model, String... data) throws IOException {
    for (String form : FORMS) {
      holds(model, form, data);
    }
  }

  private void holds(Path model, String form, String... data) throws IOException {
    String what = model.getFileName() + " " + form;
    Path out = Files.createTempDirectory(folder, "form").resolve("out");
    List<Object> words = new ArrayList<>(List.of("compress", model, "--out", out, "--json"));
    words.addAll(List.of(form.split(" ")));
    words.addAll(List.of(data));
    words.add("--quiet");
    Ran ran = sagui(words.toArray());
    if (ran.code() == 2) {
      assertEquals(1, ran.err().lines().count(), what + ": " + ran.err());
      assertFalse(Files.exists(out), what);
      return;
    }
    assertEquals(0, ran.code(), what + ": " + ran.err());
    Fields report = ran.json();
    Written.meets(report, out);
    double sqnr = report.object("quality").findNumber("sqnr_db").orElse(POOR_DB);
    assertTrue(
        sqnr >= POOR_DB || !report.strings("warnings").isEmpty(),
        what + " is poor and says nothing");
  }
}
