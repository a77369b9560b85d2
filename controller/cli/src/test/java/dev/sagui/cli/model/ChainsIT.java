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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One recipe prunes, quantizes and stores; what is quantized already is refused in a sentence. */
class ChainsIT {
  private static final String NOISE = "random:1:4";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"prune: {structured: 0.2}", "prune: {depth: 0.5}", "skip: {active: 0.5}"})
  void whatIsStoredInEightBitsIsNotPrunedAnyMore(String step) throws IOException {
    String latent = "latent:normal:1:2";
    Ran stored = compress(Ran.VAE_DECODER, latent, "  - store: {weights: int8}\n", "stored");
    assertEquals(0, stored.code(), stored.err());
    Ran ran = compress(folder.resolve("stored"), latent, "  - " + step + "\n", "out");
    assertEquals(2, ran.code());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertTrue(ran.err().contains("expected float32 weights to prune"), ran.err());
    assertTrue(ran.err().contains("stored in fewer bits (4, '0.weight' first)"), ran.err());
  }

  @Tag("slow")
  @Test
  void generatorIsPrunedThenQuantizedThenStored() throws IOException {
    assertEquals(
        List.of("prune", "quantize", "store"),
        chained(Ran.VAE_DECODER, "latent:normal:1:16", "int8"));
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "fashion-vae-encoder,     random:1:16:0..1",
    "fashion-dcgan-generator, latent:normal:1:16",
    "esrgan-slim-x2,          random:1:4:0..255",
  })
  void modelsOfTheDemo(String name, String data) throws IOException {
    chained(Path.of("../../deploy/demo/models", name + ".onnx"), data, "int8");
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("dev.sagui.cli.model.Assets#ocrNets")
  void netsOfPpOcr(String name) throws IOException, InterruptedException {
    chained(Assets.ocr(name), NOISE, "int8");
  }

  @Tag("slow")
  @Test
  void miniLm() throws IOException, InterruptedException {
    chained(Assets.miniLm(), NOISE, "dynamic");
  }

  @Tag("slow")
  @Test
  void whatAVendorQuantizedIsRefused() throws IOException, InterruptedException {
    Ran ran = compress(Assets.miniLmInt8(), NOISE, steps("dynamic"), "vendor");
    assertEquals(2, ran.code());
    assertTrue(ran.err().contains("expected a float32 model to prune"), ran.err());
  }

  /** The steps that changed it; of the others the report says why not. */
  private List<String> chained(Path model, String data, String activations) throws IOException {
    Ran ran = compress(model, data, steps(activations), "out");
    assertEquals(0, ran.code(), ran.err());
    Written.meets(ran.json(), folder.resolve("out"));
    List<String> changed = new ArrayList<>();
    for (Fields step : ran.json().objects("steps", each -> each)) {
      if (step.flag("changed") && !step.string("name").equals("fold")) {
        changed.add(step.string("name"));
      }
    }
    assertTrue(changed.contains("store") || changed.contains("quantize"), changed.toString());
    return changed;
  }

  private static String steps(String activations) {
    return """
        - fold
        - prune: {structured: 0.2}
        - quantize: {weights: int8, activations: %s}
        - store: {weights: int8}
      """
        .formatted(activations);
  }

  private Ran compress(Path model, String data, String steps, String name) throws IOException {
    Path recipe = folder.resolve(name + ".yaml");
    Files.writeString(recipe, "data: \"%s\"\nsteps:\n%s".formatted(data, steps));
    Path out = folder.resolve(name);
    Ran ran = sagui("compress", model, "--recipe", recipe, "--out", out, "--json", "--quiet");
    assertEquals(ran.code() == 0, Files.exists(out), ran.err());
    assertFalse(ran.code() == 1, ran.err());
    return ran;
  }
}
