/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.cli.Ran;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparsifyRefusalsIT {
  @TempDir Path folder;

  private Ran compress(String option, Object value) {
    return Ran.sagui(
        "compress", Ran.VAE_DECODER, "--out", folder.resolve("out"), option, value, "--quiet");
  }

  private void assertRefused(Ran ran, String expected) {
    assertEquals(2, ran.code(), ran.err());
    assertTrue(ran.err().contains(expected), ran.err());
    assertEquals(1, ran.err().strip().lines().count(), ran.err());
    assertFalse(Files.exists(folder.resolve("out/model.onnx")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--threshold|100|zeroes all of weight",
        "--threshold|-1|expected a threshold of 0 or more",
        "--sparsify|1|from 0 to below 1",
        "--sparsify|0.9999999|empty",
        "--prune|1|from 0 to below 1",
      })
  void aShareOrThresholdThatLeavesNothingIsRefusedInOneSentence(
      String option, String value, String expected) {
    assertRefused(compress(option, value), expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pattern: \"3:7\"|needs inputs in groups of 7",
        "pattern: \"4:4\"|keeps 1 to M - 1 weights of M",
        "unstructured: 0.9, pattern: \"2:4\"|leave one of them out",
        "pattern: \"2:4\", scope: sensitivity|leave one of them out",
        "unstructured: 0.999, pattern: rows|empty",
        "unstructured: 0.5, scope: sensible|expected scope of",
        "unstructured: 0.5, except: [none-such]|the model has none that is named 'none-such'",
      })
  void aRecipeThatCannotBeIsRefusedInOneSentence(String prune, String expected) throws IOException {
    Path recipe = folder.resolve("recipe.yaml");
    Files.writeString(recipe, "steps: [prune: {%s}]\n".formatted(prune));
    assertRefused(compress("--recipe", recipe), expected);
  }

  @ParameterizedTest
  @CsvSource({"--sparsify", "--threshold", "--prune"})
  void noneIsTheIdentity(String option) throws IOException {
    Ran ran = compress(option, 0);
    assertEquals(0, ran.code(), ran.err());
    OnnxModel before = OnnxModel.open(Ran.VAE_DECODER);
    OnnxModel after = OnnxModel.open(folder.resolve("out"));
    assertEquals(before.graph().getNodeList(), after.graph().getNodeList());
    String report = Files.readString(folder.resolve("out/report.json"));
    assertTrue(report.replace(" ", "").contains("\"identical\":true"), report);
  }

  @Test
  void sensitivityIsAKeyOfARecipe() throws IOException {
    Path recipe = folder.resolve("recipe.yaml");
    Files.writeString(
        recipe,
        "data: latent:normal:7:32\n"
            + "steps: [prune: {unstructured: 0.5, scope: sensitivity, select: magnitude, repair: none}]\n");
    Ran ran = compress("--recipe", recipe);
    assertEquals(0, ran.code(), ran.err());
    String report = Files.readString(folder.resolve("out/report.json"));
    assertTrue(report.replace(" ", "").contains("\"scope\":\"sensitivity\""), report);
  }
}
