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

class CopiedDimsIT {
  @TempDir Path folder;

  @Test
  void headsByTheShapeOfWhatIsSplitAreCopied() throws IOException {
    assertEquals(Map.of("MatMul", 1, "Add", 1, "Reshape", 1), Folded.operators(heads("q"), folder));
  }

  /** A layer along the last axis gives as many rows as it takes. */
  @Test
  void headsByTheShapeOfWhatALayerTakesAreCopied() throws IOException {
    assertEquals(Map.of("MatMul", 1, "Add", 1, "Reshape", 1), Folded.operators(heads("x"), folder));
  }

  @Test
  void shapeOfAnotherInputIsComputed() throws IOException {
    GraphProto.Builder graph = heads("other");
    graph.addInput(TestModels.value("other", -1, -1, 8));
    assertEquals(1, Folded.operators(graph, folder).getOrDefault("Shape", 0));
  }

  @Test
  void dimensionInAnotherPlaceIsComputed() throws IOException {
    GraphProto.Builder graph = parts("x", "first", "zero");
    assertEquals(1, Folded.operators(graph, folder).getOrDefault("Shape", 0));
  }

  private static GraphProto.Builder heads(String shaped) {
    return parts(shaped, "zero", "first");
  }

  /** x [batch, length, 8] by a layer to heads [batch, length, 4, 2]. */
  private static GraphProto.Builder parts(String shaped, String a, String b) {
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(new long[] {-1, -1, 8}));
    graph.addInitializer(longs("zero", 0)).addInitializer(longs("first", 1));
    graph.addInitializer(longs("heads", 4)).addInitializer(longs("size", 2));
    graph.addInitializer(TestModels.weights("w", 1, 8, 8));
    graph.addInitializer(TestModels.weights("bias", 2, 8));
    graph.addNode(node("MatMul", "m", "x", "w")).addNode(node("Add", "q", "bias", "m"));
    graph.addNode(node("Shape", "s", shaped));
    graph.addNode(node("Gather", "g0", "s", a)).addNode(node("Gather", "g1", "s", b));
    graph.addNode(
        node("Concat", "c", "g0", "g1", "heads", "size")
            .addAttribute(TestModels.number("axis", 0)));
    return graph.addNode(node("Reshape", "y", "q", "c"));
  }
}
