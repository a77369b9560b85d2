/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import static dev.sagui.onnx.TestModels.graph;
import static dev.sagui.onnx.TestModels.model;
import static dev.sagui.onnx.TestModels.node;
import static dev.sagui.onnx.TestModels.weights;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TemporaryModel;
import dev.sagui.quantize.block.BlockOptions;
import dev.sagui.quantize.block.BlockQuantization;
import dev.sagui.quantize.dynamic.DynamicInt8;
import dev.sagui.quantize.dynamic.DynamicOptions;
import dev.sagui.quantize.linear.Trial;
import dev.sagui.run.OrtModel;
import dev.sagui.run.RunCost;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExpertSplitIT {
  private static final String CALIBRATION = "random:1:512:0..1";
  private static final String JUDGED = "random:2:64:0..1";

  @TempDir Path folder;
  private Scratch scratch;

  @BeforeEach
  void open() throws IOException {
    scratch = Scratch.create();
  }

  @AfterEach
  void close() throws IOException {
    scratch.close();
  }

  static Stream<Named<ModelProto>> models() {
    return Stream.of(
        Named.of("Relu", FeedForwardModels.relu()),
        Named.of("Gelu in parts, three dimensions", FeedForwardModels.gelu()),
        Named.of("Gemm, SiLU in parts, turned weight", FeedForwardModels.silu()),
        Named.of("two blocks", FeedForwardModels.two()));
  }

  @ParameterizedTest
  @MethodSource("models")
  void allExpertsGiveWhatTheBlockGave(ModelProto proto) throws IOException {
    OnnxModel model = trial().open(proto);
    OnnxModel split = split(model, 4, 4, Routing.LEAST_SQUARES).model();
    assertTrue(trial().sqnrDb(model, split, JUDGED) > 100);
  }

  @ParameterizedTest
  @MethodSource("models")
  void halfOfTheExpertsGiveMoreThanRandomOnes(ModelProto proto) throws IOException {
    OnnxModel model = trial().open(proto);
    double ours = trial().sqnrDb(model, split(model, 4, 2, Routing.LEAST_SQUARES).model(), JUDGED);
    double random = trial().sqnrDb(model, split(model, 4, 2, Routing.RANDOM).model(), JUDGED);
    assertTrue(ours > random + 3, ours + " dB, random " + random);
  }

  @Test
  void expertsThatAreThereAreFound() throws IOException {
    OnnxModel model = trial().open(FeedForwardModels.planted(8));
    ExpertSplit.Result result = split(model, 8, 4, Routing.LEAST_SQUARES);
    double ours = trial().sqnrDb(model, result.model(), JUDGED);
    double random = trial().sqnrDb(model, split(model, 8, 4, Routing.RANDOM).model(), JUDGED);
    assertTrue(ours > 14 && ours > random + 8, ours + " dB, random " + random);
    assertTrue(result.layers().get(0).grouping().endsWith("activity"));
  }

  @Test
  void expertsThatAreNotChosenAreNotComputed() throws IOException {
    OnnxModel model = trial().open(FeedForwardModels.relu());
    double dense = flops(model);
    assertTrue(flops(split(model, 8, 2, Routing.LEAST_SQUARES).model()) < 0.45 * dense);
    assertTrue(flops(split(model, 8, 8, Routing.LEAST_SQUARES).model()) > dense);
  }

  /** Of which the router is a good part in a block so small. */
  private double flops(OnnxModel model) throws IOException {
    try (TemporaryModel file = TemporaryModel.of(model)) {
      return RunCost.measure(file.file(), trial().samples(model, JUDGED).first(16)).flops();
    }
  }

  @Test
  void rowsDoNotDependOnOtherRows() throws IOException {
    OnnxModel model = trial().open(FeedForwardModels.relu());
    OnnxModel split = split(model, 8, 2, Routing.LEAST_SQUARES).model();
    Tensor rows = trial().samples(model, JUDGED).first(3).get(0);
    try (TemporaryModel file = TemporaryModel.of(split);
        OrtModel session = OrtModel.open(file.file(), 1)) {
      float[] together = session.run(List.of(rows)).get(0).floats();
      int width = FeedForwardModels.INPUTS;
      int outputs = FeedForwardModels.OUTPUTS;
      for (int i = 0; i < 3; i++) {
        float[] row = Arrays.copyOfRange(rows.floats(), i * width, (i + 1) * width);
        float[] alone = session.run(List.of(Tensor.of("x", row, 1, width))).get(0).floats();
        float[] same = Arrays.copyOfRange(together, i * outputs, (i + 1) * outputs);
        assertArrayEquals(alone, same, 1e-4f);
      }
    }
  }

  @Test
  void productsOfExpertsAreQuantizedLikeOthers() throws IOException {
    OnnxModel model = trial().open(FeedForwardModels.relu());
    OnnxModel split = split(model, 4, 1, Routing.LEAST_SQUARES).model();
    OnnxModel int8 = DynamicInt8.apply(split, DynamicOptions.REDUCED, Progress.NONE).model();
    assertTrue(int8.facts().operators().get("com.microsoft.DynamicQuantizeMatMul") >= 8);
    assertTrue(trial().sqnrDb(model, int8, JUDGED) > trial().sqnrDb(model, split, JUDGED) - 3);
    OnnxModel int4 =
        BlockQuantization.apply(
                split, BlockOptions.DEFAULT, Optional.empty(), scratch, 1, Progress.NONE)
            .model();
    assertTrue(int4.facts().operators().get("com.microsoft.MatMulNBits") >= 4);
    assertTrue(trial().sqnrDb(model, int4, JUDGED) > trial().sqnrDb(model, split, JUDGED) - 6);
  }

  @Test
  void countThatDoesNotDivideIsRefused() throws IOException {
    OnnxModel model = trial().open(FeedForwardModels.relu());
    assertRefused(model, 5, "5 experts of one size do not divide the 256 hidden neurons of MatMul");
    assertThrows(RejectedException.class, () -> new ExpertOptions(4, 5, Routing.LEAST_SQUARES));
  }

  @Test
  void whatStopsTheSearchIsNamed() throws IOException {
    ModelProto softmax =
        model(
            graph(List.of("x"), List.of(new long[] {-1, 8}))
                .addInitializer(weights("w1", 1, 8, 16))
                .addInitializer(weights("w2", 2, 16, 8))
                .addNode(node("MatMul", "a", "x", "w1"))
                .addNode(node("Softmax", "s", "a"))
                .addNode(node("MatMul", "y", "s", "w2")));
    assertRefused(trial().open(softmax), 4, "Softmax 'Softmax_s'");
    ModelProto seen =
        model(
            graph(List.of("x"), List.of(new long[] {-1, 8}))
                .addInitializer(weights("w1", 1, 8, 16))
                .addInitializer(weights("w2", 2, 16, 16))
                .addNode(node("MatMul", "a", "x", "w1"))
                .addNode(node("Relu", "r", "a"))
                .addNode(node("MatMul", "m", "r", "w2"))
                .addNode(node("Add", "y", "m", "r")));
    assertRefused(trial().open(seen), 4, "Add 'Add_y'");
    ModelProto none =
        model(graph(List.of("x"), List.of(new long[] {-1, 8})).addNode(node("Relu", "y", "x")));
    assertRefused(trial().open(none), 4, "no MatMul or Gemm has constant float32 weights");
  }

  private void assertRefused(OnnxModel model, int count, String part) {
    RejectedException refused =
        assertThrows(RejectedException.class, () -> split(model, count, 1, Routing.LEAST_SQUARES));
    assertTrue(refused.getMessage().contains(part), refused.getMessage());
  }

  private ExpertSplit.Result split(OnnxModel model, int count, int active, Routing routing)
      throws IOException {
    return ExpertSplit.apply(
        model,
        new ExpertOptions(count, active, routing),
        trial().samples(model, CALIBRATION),
        scratch,
        1,
        Progress.NONE);
  }

  private Trial trial() {
    return new Trial(folder);
  }
}
