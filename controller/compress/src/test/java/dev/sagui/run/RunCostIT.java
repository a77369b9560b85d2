/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import static dev.sagui.onnx.TestModels.graph;
import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.number;
import static dev.sagui.onnx.TestModels.weights;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.GraphProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fit.DemoModels;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCostIT {
  private static final Path ONNX_TESTS = Path.of("/usr/share/libonnx-testdata/data/node");

  @TempDir Path folder;

  @Test
  void flopsOfTheDecoderAreThoseOfItsLayers() throws IOException {
    long gemm = 2L * 32 * 3136;
    long conv = 2L * 64 * 64 * 9 * 7 * 7;
    long up = 2L * 64 * 48 * 16 * 7 * 7 + 2L * 48 * 24 * 16 * 14 * 14;
    long last = 2L * 24 * 9 * 28 * 28;
    long flops = cost(OnnxModel.open(DemoModels.VAE_DECODER)).flops();
    assertEquals(gemm + conv + up + last, flops, 0.01 * flops);
  }

  @Test
  void groupsShareTheProducts() throws IOException {
    GraphProto.Builder conv =
        graph(List.of("x"), List.of(new long[] {1, 8, 10, 10}))
            .addInitializer(weights("w", 1, 16, 2, 3, 3))
            .addNode(node("Conv", "y", "x", "w").addAttribute(number("group", 4)));
    RunCost cost = cost(conv);
    assertEquals(2L * 16 * 8 * 8 * 2 * 9, cost.flops());
    assertEquals(4L * 16 * 8 * 8, cost.activationBytes());
  }

  @Test
  void transposedConvolutionCountsByItsInput() throws IOException {
    GraphProto.Builder up =
        graph(List.of("x"), List.of(new long[] {1, 8, 5, 5}))
            .addInitializer(weights("w", 1, 8, 3, 4, 4))
            .addNode(node("ConvTranspose", "y", "x", "w").addAttribute(number("group", 2)));
    assertEquals(2L * 8 * 25 * 3 * 16, cost(up).flops());
  }

  @Test
  void transposedLeftSideOfGemmKeepsItsInnerDimension() throws IOException {
    GraphProto.Builder gemm =
        graph(List.of("x"), List.of(new long[] {6, 3}))
            .addInitializer(weights("w", 1, 6, 4))
            .addNode(node("Gemm", "y", "x", "w").addAttribute(number("transA", 1)));
    assertEquals(2L * 3 * 4 * 6, cost(gemm).flops());
  }

  @ParameterizedTest
  @CsvSource({"LSTM,4", "GRU,3", "RNN,1"})
  void recurrentLayersApplyAllGatesAtEveryStep(String op, int gates) throws IOException {
    GraphProto.Builder layer =
        graph(List.of("x"), List.of(new long[] {7, 2, 5}))
            .addInitializer(weights("w", 1, 1, gates * 6L, 5))
            .addInitializer(weights("r", 2, 1, gates * 6L, 6))
            .addNode(node(op, "y", "x", "w", "r").addAttribute(number("hidden_size", 6)));
    assertEquals(2L * 7 * 2 * gates * 6 * (5 + 6), cost(layer).flops());
  }

  @Test
  void movesAreFreeAndElementsCountOnce() throws IOException {
    GraphProto.Builder free =
        graph(List.of("x"), List.of(new long[] {4, 6}))
            .addNode(node("Transpose", "t", "x"))
            .addNode(node("Sin", "y", "t"));
    RunCost cost = cost(free);
    assertEquals(24, cost.flops());
    assertEquals(2 * 4 * 24, cost.activationBytes());
  }

  @Test
  void runThatFailsSaysWhyAndLeavesNothing() {
    Tensor wrong = Tensor.of("z", new float[3], 1, 3);
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> RunCost.measure(DemoModels.VAE_DECODER, List.of(wrong)));
    assertEquals(FailureCode.BAD_TENSOR, e.code());
  }

  /** By hand from the shapes in ONNX's own tests, e.g. Gemm [3, 6] × [6, 4]: 2 · 3 · 6 · 4. */
  @ParameterizedTest
  @CsvSource({
    "test_matmul_4d, 144",
    "test_gemm_default_matrix_bias, 144",
    "test_gemm_transposeB, 144",
    "test_conv_with_strides_padding, 216",
    "test_convtranspose_3d, 6480",
    "test_qlinearconv, 98",
    "test_convinteger_with_padding, 128",
    "test_lstm_defaults, 360",
    "test_gru_defaults, 630",
    "test_relu, 60",
    "test_reshape_reordered_all_dims, 0"
  })
  void countsOperatorsOfOnnxsTests(String name, long flops) throws IOException {
    Path file = ONNX_TESTS.resolve(name).resolve("model.onnx");
    Assumptions.assumeTrue(Files.exists(file), "needs Debian's libonnx-testdata");
    assertEquals(flops, cost(OnnxModel.open(file)).flops());
  }

  private RunCost cost(GraphProto.Builder graph) throws IOException {
    return cost(
        OnnxModel.open(TestModels.write(TestModels.model(graph), folder.resolve("m.onnx"))));
  }

  private static RunCost cost(OnnxModel model) throws IOException {
    Samples one = Samples.of(model.facts(), DataSpec.noise(1, 1));
    return RunCost.measure(model.file(), one.first(1));
  }
}
