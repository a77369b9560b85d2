/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.isa.HostMachine;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quantize.StoredModel;
import dev.sagui.quantize.linear.Products;
import dev.sagui.quantize.linear.Trial;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DynamicInt8IT {
  private static final String DATA = "random:1:8:0..4";

  @TempDir Path folder;

  static Stream<Named<ModelProto>> models() {
    return Stream.of(
        Named.of("MatMul", Products.matMul(64, 48)),
        Named.of("odd numbers", Products.matMul(61, 37)),
        Named.of("MatMul and bias", Products.withBias()),
        Named.of("Gemm", TestModels.linear(64, 96, 1)),
        Named.of("Gemm, transposed, bias [1, N]", Products.gemmTransposed()),
        Named.of("behind a Transpose", Products.behindTranspose()),
        Named.of("shared weight and activation", Products.shared()),
        Named.of("three dimensions", Products.batched()),
        Named.of("tied embedding", Products.tied()),
        Named.of("embedding", Products.embedding()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void quantizedModelIsCloseToTheOriginal(ModelProto model) throws IOException {
    assertAbove(26, sqnrDb(model, DynamicOptions.REDUCED));
    assertAbove(30, sqnrDb(model, new DynamicOptions(false, true, true, true)));
    assertAbove(30, sqnrDb(model, DynamicOptions.DEFAULT));
    assertAbove(28, sqnrDb(model, new DynamicOptions(false, false, false, true)));
  }

  /** Its terms cancel, its error does not. */
  @Test
  void singleOutputIsCloseToTheOriginal() throws IOException {
    assertAbove(25, sqnrDb(Products.matMul(2048, 1), DynamicOptions.DEFAULT));
  }

  @Test
  void lstmRunsInInt8() throws IOException {
    assertAbove(25, sqnrDb(FusedLayers.lstm(), DynamicOptions.DEFAULT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"forward", "reverse", "bidirectional"})
  void wideGruBecomesAScanInInt8(String direction) throws IOException {
    ModelProto model = FusedLayers.gru(direction, 256);
    assertAbove(20, sqnrDb(model, host()));
    assertAbove(20, sqnrDb(model, DynamicOptions.DEFAULT));
    List<String> operators =
        apply(model).model().graph().getNodeList().stream().map(NodeProto::getOpType).toList();
    assertFalse(operators.contains("GRU"));
    assertEquals(
        direction.equals("bidirectional") ? 2 : 1,
        operators.stream().filter("Scan"::equals).count());
  }

  @Test
  void fusedAttentionRunsInInt8() throws IOException {
    ModelProto model = FusedLayers.attention(2);
    assertAbove(26, sqnrDb(model, host()));
    assertAbove(30, sqnrDb(model, DynamicOptions.DEFAULT));
    assertAbove(26, sqnrDb(model, new DynamicOptions(false, true, false, true)));
  }

  @Test
  void attentionThatInt8KernelsDoNotTakeStaysWithTheReason() throws IOException {
    ModelProto.Builder model = FusedLayers.attention(2).toBuilder();
    model.getGraphBuilder().getNodeBuilder(0).addAttribute(TestModels.number("do_rotary", 1));
    StoredModel result = apply(model.build());
    assertFalse(result.changed());
    assertTrue(result.weights().get(0).reason().contains("does not take"));
  }

  @Test
  void narrowGruStaysWithTheReason() throws IOException {
    StoredModel result = apply(FusedLayers.gru("forward", 32));
    assertFalse(result.changed());
    assertTrue(result.weights().get(0).reason().contains("fewer than 256 hidden units"));
  }

  /** One input channel in eight is a hundred times the others. */
  @Test
  void smoothingGivesOutliersTheirOwnScale() throws IOException {
    ModelProto model = Products.withOutliers();
    assertAbove(6, calibratedDb(model, OptionalDouble.of(0.65)) - sqnrDb(model, host()));
    assertAbove(6, calibratedDb(model, OptionalDouble.empty()) - sqnrDb(model, host()));
  }

  /** Inputs of 0 to 4 have much in common, which rounding can make use of. */
  @Test
  void weightsRoundedByMomentsGiveNearerOutputs() throws IOException {
    for (ModelProto model : List.of(Products.behindTranspose(), TestModels.linear(96, 64, 3))) {
      double gain = calibratedDb(model, OptionalDouble.empty()) - sqnrDb(model, host());
      assertAbove(1, gain);
    }
  }

  @Test
  void oneActivationIsQuantizedOnce() throws IOException {
    List<String> operators =
        apply(Products.shared()).model().graph().getNodeList().stream()
            .map(NodeProto::getOpType)
            .toList();
    assertEquals(1, operators.stream().filter("DynamicQuantizeLinear"::equals).count());
    assertEquals(2, operators.stream().filter("MatMulIntegerToFloat"::equals).count());
    assertEquals(1, operators.stream().filter("DynamicQuantizeMatMul"::equals).count());
  }

  @Test
  void sharedAndTiedWeightsAreStoredOnce() throws IOException {
    for (ModelProto model : List.of(Products.shared(), Products.tied())) {
      StoredModel result = apply(model);
      assertEquals(
          result.weights().size(),
          result.model().graph().getInitializerList().stream()
              .filter(tensor -> tensor.getDataType() == 3)
              .count());
    }
  }

  @Test
  void weightsThatAreNotFiniteStayWithTheReason() throws IOException {
    for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      StoredModel result = apply(Products.holding(odd));
      assertFalse(result.changed());
      assertTrue(result.weights().get(0).reason().contains("not finite"));
    }
  }

  @Test
  void zeroWeightsGiveZeros() throws IOException {
    OnnxModel source = new Trial(folder).open(Products.holding(0));
    OnnxModel model = DynamicInt8.apply(source, DynamicOptions.DEFAULT, Progress.NONE).model();
    assertTrue(Double.isNaN(new Trial(folder).sqnrDb(source, model, DATA)));
  }

  @Test
  void scaledGemmStaysWithTheReason() throws IOException {
    StoredModel result = apply(Products.gemmScaled());
    assertFalse(result.changed());
    assertTrue(result.weights().get(0).reason().contains("alpha"));
  }

  @Test
  void oldOpsetIsRefused() {
    RejectedException refused =
        assertThrows(
            RejectedException.class, () -> apply(Products.atOpset(Products.matMul(64, 48), 12)));
    assertEquals(FailureCode.UNSUPPORTED_MODEL, refused.code());
  }

  private static void assertAbove(double floor, double sqnrDb) {
    assertTrue(sqnrDb > floor, sqnrDb + " dB");
  }

  private StoredModel apply(ModelProto model) throws IOException {
    return DynamicInt8.apply(new Trial(folder).open(model), DynamicOptions.DEFAULT, Progress.NONE);
  }

  private double sqnrDb(ModelProto model, DynamicOptions options) throws IOException {
    Trial trial = new Trial(folder);
    OnnxModel source = trial.open(model);
    StoredModel result = DynamicInt8.apply(source, options, Progress.NONE);
    assertTrue(result.changed());
    boolean exact = HostMachine.saturatesFor(options.format());
    return trial.sqnrDb(source, result.model(), DATA, exact);
  }

  /** Without VNNI, sums of products of the full range overflow. */
  private static DynamicOptions host() throws IOException {
    return Int8Format.of(HostMachine.profile()).saturates()
        ? DynamicOptions.REDUCED
        : DynamicOptions.DEFAULT;
  }

  private double calibratedDb(ModelProto model, OptionalDouble alpha) throws IOException {
    Trial trial = new Trial(folder);
    OnnxModel source = trial.open(model);
    try (Scratch scratch = Scratch.create()) {
      Samples samples = trial.samples(source, "random:7:64:0..4");
      StoredModel result =
          DynamicInt8.apply(source, host(), alpha, samples, scratch, 1, Progress.NONE);
      return trial.sqnrDb(source, result.model(), DATA);
    }
  }
}
