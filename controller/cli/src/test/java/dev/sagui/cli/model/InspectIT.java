/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static dev.sagui.cli.Ran.sagui;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.cli.Ran;
import dev.sagui.json.Fields;
import dev.sagui.onnx.OnnxTestdata;
import dev.sagui.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectIT {
  private static final Path NODE_TESTS = Path.of("/usr/share/libonnx-testdata/data/node");

  @TempDir Path folder;

  @Test
  void everyModelOfOnnxsTestsIsInspected() throws IOException {
    List<String> failed = new ArrayList<>();
    for (Path file : OnnxTestdata.models()) {
      Ran ran = sagui("inspect", file, "--quiet");
      boolean fits = ran.out().lines().skip(1).allMatch(InspectIT::fits);
      if (ran.code() != 0 || !ran.err().isEmpty() || !fits) {
        failed.add(file + ": " + ran);
      }
    }
    assertEquals(List.of(), failed);
  }

  /** In 100 columns, unless a name of the model's own takes most of them. */
  private static boolean fits(String line) {
    return line.length() <= 100 || line.matches(".*\\S{60,}.*");
  }

  @Test
  void bodiesAreCountedAndNamed() throws IOException {
    assertTrue(OnnxTestdata.models().size() > 1000);
    Ran ran = sagui("inspect", NODE_TESTS.resolve("test_scan9_sum/model.onnx"));
    assertTrue(ran.out().contains("1 graphs: Scan "), ran.out());
    assertTrue(ran.out().contains("body (2)"), ran.out());
  }

  @Test
  void quantizedModelsAreSaidToBe() throws IOException {
    assertTrue(OnnxTestdata.models().size() > 1000);
    Ran ran = sagui("inspect", NODE_TESTS.resolve("test_qlinearconv/model.onnx"));
    assertTrue(ran.out().contains("quantized already: QLinearConv 1"), ran.out());
  }

  @Test
  void foreignOperatorsAreNamedAndNotRun() throws IOException {
    Path model =
        TestModels.write(
            TestModels.model(
                TestModels.graph(List.of("x"), List.of(new long[] {1, 4}))
                    .addNode(TestModels.node("Blorp", "y", "x").setDomain("com.example"))),
            folder.resolve("m.onnx"));
    Ran ran = sagui("inspect", model);
    assertEquals(0, ran.code());
    assertTrue(ran.out().contains("com.example.Blorp 1"), ran.out());
    assertTrue(ran.err().startsWith("sagui: FLOPs were not counted: "), ran.err());
  }

  @Test
  void weightsThatCallersMayOverrideOrNodesShareAreNamed() throws IOException {
    Path model =
        TestModels.write(
            TestModels.model(
                TestModels.graph(List.of("x", "w"), List.of(new long[] {1, 4}, new long[] {4, 4}))
                    .addInitializer(TestModels.weights("w", 1, 4, 4))
                    .addNode(TestModels.node("MatMul", "h", "x", "w"))
                    .addNode(TestModels.node("MatMul", "y", "h", "w"))),
            folder.resolve("m.onnx"));
    Fields json = sagui("inspect", model, "--json", "--nodes").json();
    assertEquals(List.of("w"), json.strings("tied_initializers"));
    assertEquals(List.of("w"), json.strings("overridable_initializers"));
    assertEquals(2, json.integer("node_count"));
    List<Fields> nodes = json.objects("nodes", f -> f);
    assertEquals("FLOAT", nodes.get(0).objects("outputs", f -> f).get(0).string("type"));
  }

  @Test
  void modelWithoutInputsIsInspectedAndMeasured() throws IOException {
    Path model =
        TestModels.write(
            TestModels.model(
                TestModels.graph(List.of(), List.of())
                    .addInitializer(TestModels.weights("w", 1, 4, 4))
                    .addNode(TestModels.node("Sin", "y", "w"))),
            folder.resolve("m.onnx"));
    Ran ran = sagui("inspect", model);
    assertEquals(0, ran.code());
    assertTrue(ran.out().contains("takes no input"), ran.out());
    assertEquals("", ran.err());
  }
}
