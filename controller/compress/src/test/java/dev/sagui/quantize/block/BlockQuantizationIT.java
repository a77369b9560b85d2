/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorValues;
import dev.sagui.onnx.TestModels;
import dev.sagui.quantize.StoredModel;
import dev.sagui.quantize.linear.Products;
import dev.sagui.quantize.linear.Trial;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BlockQuantizationIT {
  private static final String DATA = "random:1:8:0..4";

  @TempDir Path folder;
  private Scratch scratch;

  @BeforeEach
  void create() throws IOException {
    scratch = Scratch.create();
  }

  @AfterEach
  void close() throws IOException {
    scratch.close();
  }

  static Stream<Named<ModelProto>> models() {
    return Stream.of(
        Named.of("MatMul", Products.matMul(64, 48)),
        Named.of("inputs that fill no block", Products.matMul(61, 37)),
        Named.of("MatMul and bias", Products.withBias()),
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
    assertAbove(16, sqnrDb(model, options(4, 32, false, BlockMethod.RTN)));
    assertAbove(16, sqnrDb(model, options(4, 16, true, BlockMethod.MSE)));
    assertAbove(32, sqnrDb(model, options(8, 64, false, BlockMethod.RTN)));
    assertAbove(4, sqnrDb(model, options(2, 16, false, BlockMethod.MSE)));
  }

  @ParameterizedTest
  @EnumSource(BlockMethod.class)
  void everyMethodIsCloseToTheOriginal(BlockMethod method) throws IOException {
    assertAbove(18, sqnrDb(TestModels.linear(96, 64, 3), options(4, 32, false, method)));
  }

  /** Its terms cancel, its error does not. */
  @Test
  void singleOutputIsCloseToTheOriginal() throws IOException {
    assertAbove(8, sqnrDb(Products.matMul(2048, 1), BlockOptions.DEFAULT));
  }

  /** One input channel in eight is a hundred times the others. */
  @Test
  void strongInputsGetFinerSteps() throws IOException {
    double plain = sqnrDb(Products.withOutliers(), options(4, 32, false, BlockMethod.MSE));
    double scaled = sqnrDb(Products.withOutliers(), options(4, 32, false, BlockMethod.AWQ));
    assertAbove(plain + 3, scaled);
  }

  @Test
  void divisionsGoIntoTheNormalizationBefore() throws IOException {
    ModelProto model =
        Products.atOpset(
            TestModels.model(
                TestModels.graph(List.of("x"), List.of(new long[] {1, 64}))
                    .addInitializer(outliers(64))
                    .addInitializer(TestModels.weights("b", 2, 64))
                    .addInitializer(TestModels.weights("w", 3, 64, 48))
                    .addNode(TestModels.node("LayerNormalization", "n", "x", "s", "b"))
                    .addNode(TestModels.node("MatMul", "y", "n", "w"))),
            17);
    BlockOptions options = options(4, 32, false, BlockMethod.AWQ);
    List<String> operators =
        apply(model, options).model().graph().getNodeList().stream()
            .map(node -> node.getOpType())
            .toList();
    assertEquals(List.of("LayerNormalization", "MatMulNBits"), operators);
    double plain = sqnrDb(model, options(4, 32, false, BlockMethod.MSE));
    assertAbove(plain + 1, sqnrDb(model, options));
  }

  /** Every eighth a hundred times the others. */
  private static TensorProto outliers(int channels) {
    double[] values = new double[channels];
    for (int i = 0; i < channels; i++) {
      values[i] = i % 8 == 0 ? 100 : 1;
    }
    return TensorValues.floats(List.of((long) channels), values).toBuilder().setName("s").build();
  }

  @Test
  void tiedTableIsStoredOnce() throws IOException {
    StoredModel result = apply(Products.tied(), BlockOptions.DEFAULT);
    long bytes = result.weights().get(0).bytesAfter();
    assertEquals(50 * 64 / 2 + 50 * 2 * 4 + 50, bytes);
  }

  @Test
  void weightsThatAreNotFiniteStayWithTheReason() throws IOException {
    for (BlockMethod method : BlockMethod.values()) {
      StoredModel result = apply(Products.holding(Float.NaN), options(4, 32, false, method));
      assertFalse(result.changed());
      assertTrue(result.weights().get(0).reason().contains("not finite"));
    }
  }

  @Test
  void zeroWeightsGiveZeros() throws IOException {
    Trial trial = new Trial(folder);
    OnnxModel source = trial.open(Products.holding(0));
    for (BlockMethod method : BlockMethod.values()) {
      OnnxModel model = apply(Products.holding(0), options(4, 32, false, method)).model();
      assertTrue(Double.isNaN(trial.sqnrDb(source, model, DATA)));
    }
  }

  @Test
  void oldOpsetAndMissingSamplesAreRefused() {
    RejectedException old =
        assertThrows(
            RejectedException.class,
            () -> apply(Products.atOpset(Products.matMul(64, 48), 12), BlockOptions.DEFAULT));
    assertEquals(FailureCode.UNSUPPORTED_MODEL, old.code());
    RejectedException none =
        assertThrows(
            RejectedException.class,
            () ->
                BlockQuantization.apply(
                    new Trial(folder).open(Products.matMul(64, 48)),
                    BlockOptions.DEFAULT.with(BlockMethod.GPTQ),
                    Optional.empty(),
                    scratch,
                    1,
                    Progress.NONE));
    assertEquals(FailureCode.BAD_REQUEST, none.code());
  }

  private static void assertAbove(double floor, double sqnrDb) {
    assertTrue(sqnrDb > floor, sqnrDb + " dB");
  }

  private static BlockOptions options(int bits, int block, boolean symmetric, BlockMethod method) {
    return new BlockOptions(bits, block, symmetric, 4, method, true, bits == 2 ? 4 : bits);
  }

  private StoredModel apply(ModelProto model, BlockOptions options) throws IOException {
    Trial trial = new Trial(folder);
    OnnxModel source = trial.open(model);
    return BlockQuantization.apply(
        source,
        options,
        Optional.of(trial.samples(source, "random:7:16:0..4")),
        scratch,
        1,
        Progress.NONE);
  }

  private double sqnrDb(ModelProto model, BlockOptions options) throws IOException {
    StoredModel result = apply(model, options);
    assertTrue(result.changed());
    Trial trial = new Trial(folder);
    return trial.sqnrDb(trial.open(model), result.model(), DATA);
  }
}
