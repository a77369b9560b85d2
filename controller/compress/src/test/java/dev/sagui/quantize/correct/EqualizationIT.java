/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.correct;

import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.number;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EqualizationIT {
  @TempDir Path folder;

  @Test
  void outputsStayAndSpreadsShrinkThroughDepthwiseAndTransposedLayers() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {1, 3, 8, 8}))
            .addInitializer(spread("w", 16, 3, 3, 3))
            .addInitializer(TestModels.weights("b", 2, 16))
            .addInitializer(TestModels.weights("d", 3, 16, 1, 3, 3))
            .addInitializer(TestModels.weights("t", 4, 16, 5, 2, 2))
            .addNode(node("Conv", "h", "x", "w", "b"))
            .addNode(node("Relu", "r", "h"))
            .addNode(node("Conv", "m", "r", "d").addAttribute(number("group", 16)))
            .addNode(node("LeakyRelu", "l", "m"))
            .addNode(node("ConvTranspose", "y", "l", "t"));
    assertEquals(2, equalized(graph, true));
  }

  @Test
  void outputsOfMatricesStay() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 3}))
            .addInitializer(spread("w", 8, 3))
            .addInitializer(TestModels.weights("b", 2, 8))
            .addInitializer(TestModels.weights("v", 3, 8, 4))
            .addInitializer(TestModels.weights("u", 4, 4, 2))
            .addNode(node("Gemm", "h", "x", "w", "b").addAttribute(number("transB", 1)))
            .addNode(node("Relu", "r", "h"))
            .addNode(node("MatMul", "m", "r", "v"))
            .addNode(node("MatMul", "y", "m", "u"));
    assertEquals(2, equalized(graph, true));
  }

  @Test
  void sharedValuesSharedBiasesAndOtherActivationsAreLeft() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 8}))
            .addInitializer(spread("w", 8, 8))
            .addInitializer(TestModels.weights("b", 2, 8))
            .addInitializer(TestModels.weights("v", 3, 8, 8))
            .addInitializer(TestModels.weights("u", 4, 8, 8))
            .addNode(node("Gemm", "h", "x", "w", "b"))
            .addNode(node("Gemm", "g", "h", "v", "b"))
            .addNode(node("Tanh", "a", "g"))
            .addNode(node("MatMul", "y", "a", "u"));
    assertEquals(0, equalized(graph, false));
  }

  @Test
  void matrixThatTakesAnotherAxisThanTheChannelsIsLeft() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {1, 3, 4, 4}))
            .addInitializer(spread("w", 4, 3, 1, 1))
            .addInitializer(TestModels.weights("v", 3, 4, 4))
            .addNode(node("Conv", "h", "x", "w"))
            .addNode(node("MatMul", "y", "h", "v"));
    assertEquals(0, equalized(graph, false));
  }

  private int equalized(GraphProto.Builder proto, boolean shrinks) throws IOException {
    OnnxModel model =
        OnnxModel.open(TestModels.write(TestModels.model(proto), folder.resolve("m.onnx")));
    Graph graph = new Graph(model);
    List<Equalization.Change> changes = Equalization.apply(model, graph);
    assertTrue(!shrinks || changes.get(0).after() < changes.get(0).spread(), changes.toString());
    Path out = Files.createDirectory(folder.resolve("out"));
    ModelWriter.write(
        model.with(model.proto().toBuilder().setGraph(graph.build()).build()),
        out,
        (what, fraction) -> {});
    List<Tensor> inputs = Samples.of(model.facts(), DataSpec.latents(1, 1)).first(1);
    assertArrayEquals(run(model, inputs), run(OnnxModel.open(out), inputs), 1e-5f);
    return changes.size();
  }

  private static float[] run(OnnxModel model, List<Tensor> inputs) {
    try (OrtModel session = OrtModel.open(model.file(), 1)) {
      return session.run(inputs).get(0).floats();
    }
  }

  /** Output channels of weights [channels, …] that grow from 1e−3 on. */
  private static ai.onnx.proto.OnnxMl.TensorProto spread(String name, long... dims) {
    int count = (int) java.util.Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (1e-3 * Math.pow(2, i * dims[0] / count) * Math.cos(i));
    }
    return TestModels.floats(name, values, dims);
  }
}
