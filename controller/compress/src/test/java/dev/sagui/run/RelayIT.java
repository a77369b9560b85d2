/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayIT {
  @TempDir Path folder;

  /** y = Relu(x · w) · v + x. */
  private OnnxModel model() throws IOException {
    return OnnxModel.open(
        TestModels.write(
            TestModels.model(
                TestModels.graph(List.of("x"), List.of(new long[] {-1, 8}))
                    .addInitializer(TestModels.weights("w", 1, 8, 16))
                    .addInitializer(TestModels.weights("v", 2, 16, 8))
                    .addNode(TestModels.node("MatMul", "h", "x", "w"))
                    .addNode(TestModels.node("Relu", "r", "h"))
                    .addNode(TestModels.node("MatMul", "s", "r", "v"))
                    .addNode(TestModels.node("Add", "y", "s", "x"))),
            folder.resolve("in.onnx")));
  }

  private static float[] all(Relay relay, String value) throws IOException {
    List<Float> found = new ArrayList<>();
    relay.forEach(
        value,
        batch -> {
          for (float each : batch.floats()) {
            found.add(each);
          }
        });
    float[] values = new float[found.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = found.get(i);
    }
    return values;
  }

  @Test
  void partsGiveWhatTheWholeGives() throws IOException {
    OnnxModel model = model();
    Samples samples = Samples.of(model.facts(), DataSpec.parse("latent:normal:3:40"));
    List<Float> whole = new ArrayList<>();
    try (Taps taps = Taps.of(model, List.of("s"), 1)) {
      taps.forEach(
          samples,
          value -> {
            for (float each : value.floats()) {
              whole.add(each);
            }
          });
    }
    Graph graph = new Graph(model);
    List<Node> nodes = graph.nodes();
    try (Relay relay = Relay.of(samples, 1)) {
      relay.run(model, graph, nodes.subList(0, 1), Set.of("h", "x"));
      assertEquals(40 * 16, all(relay, "h").length);
      relay.run(model, graph, nodes.subList(1, 3), Set.of("s", "x"));
      assertTrue(relay.has("x") && relay.has("s"));
      assertFalse(relay.has("h") || relay.has("r"));
      float[] expected = new float[whole.size()];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = whole.get(i);
      }
      assertArrayEquals(expected, all(relay, "s"), 1e-5f);
    }
  }
}
