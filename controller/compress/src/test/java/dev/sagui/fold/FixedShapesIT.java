/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import static dev.sagui.fold.Folded.longs;
import static dev.sagui.onnx.TestModels.node;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.GraphProto;
import dev.sagui.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link FixedShapes} and {@link EmptyParts}, which work hand in hand. */
class FixedShapesIT {
  @TempDir Path folder;

  @Test
  void fixedDimensionsBecomeConstantsAndFreeOnesStay() throws IOException {
    assertEquals(
        Map.of("Shape", 1, "Slice", 1, "Concat", 1, "Expand", 1),
        Folded.operators(shaped(-1, "Expand"), folder));
  }

  @Test
  void shapeThatIsFixedIsNotAskedFor() throws IOException {
    assertEquals(Map.of("Reshape", 1), Folded.operators(shaped(2, "Reshape"), folder));
  }

  @Test
  void shapeThatIsAnOutputIsStillGiven() throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {2, 4}));
    graph.getOutputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setElemType(7);
    graph.addNode(node("Shape", "y", "x"));
    assertEquals(Map.of("Shape", 1), Folded.operators(graph, folder));
  }

  @Test
  void dimensionsAreTakenFromTheEnd() throws IOException {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {2, 3, 4}));
    graph.addInitializer(longs("last", -1));
    graph.addInitializer(longs("all", -1));
    graph.addNode(node("Shape", "s", "x"));
    graph.addNode(node("Gather", "g", "s", "last"));
    graph.addNode(node("Concat", "c", "g", "all").addAttribute(TestModels.number("axis", 0)));
    graph.addNode(node("Reshape", "y", "x", "c"));
    assertEquals(Map.of("Reshape", 1), Folded.operators(graph, folder));
  }

  /**
   * x [batch, 4, 5, 5] as [batch, 4, 25], the way exporters write it, or one number as [batch, 4,
   * 1].
   */
  private static GraphProto.Builder shaped(long batch, String operator) {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {batch, 4, 5, 5}));
    graph.addInitializer(longs("zero", 0)).addInitializer(longs("one", 1));
    graph
        .addInitializer(longs("four", 4))
        .addInitializer(longs("rest", operator.equals("Expand") ? 1 : -1));
    graph.addInitializer(longs("end", Long.MAX_VALUE));
    graph.addNode(node("Shape", "s", "x"));
    graph.addNode(node("Slice", "a", "s", "zero", "one", "zero"));
    graph.addNode(node("Gather", "b", "s", "one"));
    graph.addNode(node("Slice", "nothing", "s", "four", "end", "zero"));
    graph.addNode(
        node("Concat", "c", "a", "b", "nothing", "rest")
            .addAttribute(TestModels.number("axis", 0)));
    String from = operator.equals("Expand") ? "number" : "x";
    graph.addInitializer(TestModels.weights("number", 1, 1));
    return graph.addNode(node(operator, "y", from, "c"));
  }
}
