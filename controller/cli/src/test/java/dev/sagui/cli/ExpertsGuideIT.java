/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

import static dev.sagui.onnx.TestModels.graph;
import static dev.sagui.onnx.TestModels.model;
import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.weights;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's recipe runs where there is a block, and says what is missing where there is none. */
class ExpertsGuideIT {
  private static final Path GUIDE = Path.of("../../deploy/docs/experts.md");
  private static final Pattern RECIPE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;
  private Path recipe;

  @BeforeEach
  void readTheGuide() throws IOException {
    Matcher found = RECIPE.matcher(Files.readString(GUIDE));
    assertTrue(found.find());
    recipe = Files.writeString(folder.resolve("recipe.yaml"), found.group(1));
  }

  @Test
  void theRecipeRuns() throws IOException {
    Path block =
        TestModels.write(
            model(
                graph(List.of("z"), List.of(new long[] {-1, 256}))
                    .addInitializer(weights("w1", 1, 256, 2048))
                    .addInitializer(weights("w2", 2, 2048, 256))
                    .addNode(node("MatMul", "a", "z", "w1"))
                    .addNode(node("Relu", "h", "a"))
                    .addNode(node("MatMul", "y", "h", "w2"))),
            folder.resolve("block.onnx"));
    Ran ran = compress(block);
    assertEquals(0, ran.code(), ran.err());
    String report = Files.readString(folder.resolve("out/report.json"));
    assertTrue(report.contains("\"active_parameters_per_row\""), report);
  }

  @Test
  void theRecipeThatSkipsRuns() throws IOException {
    Matcher found = RECIPE.matcher(Files.readString(GUIDE));
    String skip =
        found
            .results()
            .map(each -> each.group(1))
            .filter(r -> r.contains("skip"))
            .findFirst()
            .orElseThrow();
    Files.writeString(recipe, skip.replace("images:photos", "random:1:16:0..255"));
    Ran ran = compress(Ran.ESRGAN);
    assertEquals(0, ran.code(), ran.err());
    String report = Files.readString(folder.resolve("out/report.json"));
    assertTrue(report.contains("\"active_parameters_per_run\""), report);
    assertTrue(report.contains("\"curve\""), report);
  }

  @Test
  void aModelWithoutBlocksIsRefusedInOneSentence() {
    Ran ran = compress(Ran.VAE_DECODER);
    assertEquals(2, ran.code());
    assertTrue(ran.err().contains("found no feed-forward block"), ran.err());
    assertTrue(ran.err().contains("stopped the search"), ran.err());
  }

  private Ran compress(Path model) {
    return Ran.sagui("compress", model, "--recipe", recipe, "--out", folder.resolve("out"));
  }
}
