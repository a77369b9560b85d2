/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import static dev.sagui.onnx.TestModels.ints;
import static dev.sagui.onnx.TestModels.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import dev.sagui.fold.Scratch;
import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quantize.WeightGrid;
import dev.sagui.quantize.calibrate.RangeMethod;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightRoundingIT {
  private static final int LEVELS = 15;
  private static final Int8Format FORMAT = new Int8Format(false, LEVELS, 2 * LEVELS, "");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"Conv,1", "Conv,2", "Gemm,1", "MatMul,1"})
  void outputsAreNearerThanWithNearestRounding(String op, int group) throws IOException {
    OnnxModel model = model(op, group);
    List<Node> layers = Placement.layers(new Graph(model));
    List<String> names = layers.stream().map(layer -> layer.output(0)).toList();
    assertEquals(3, names.size());
    try (Scratch scratch = Scratch.create()) {
      Samples samples = Samples.of(model.facts(), DataSpec.noise(1, 64));
      StaticInt8.Result plain = quantized(model, samples, scratch);
      Trial trial = new Trial(model, FORMAT, samples, scratch, 1);
      Corrections rounded =
          WeightRounding.of(model, layers, FORMAT, trial.inputs(), 1, Progress.NONE);
      double nearest = trial.error(trial.quantized(names, plain.ranges(), Corrections.NONE));
      double fed = trial.error(trial.quantized(names, plain.ranges(), rounded));
      assertTrue(fed < nearest * 0.9, "from " + nearest + " to " + fed);
      assertTrue(trial.error(plain.model()) <= Math.min(fed, nearest));
    }
  }

  @Test
  void weightsStayWithinTheirLevels() throws IOException {
    OnnxModel model = model("Conv", 1);
    try (Scratch scratch = Scratch.create()) {
      Samples samples = Samples.of(model.facts(), DataSpec.noise(1, 64));
      Trial trial = new Trial(model, FORMAT, samples, scratch, 1);
      List<Node> layers = Placement.layers(new Graph(model));
      Corrections rounded =
          WeightRounding.of(model, layers, FORMAT, trial.inputs(), 1, Progress.NONE);
      assertEquals(Set.of("h1", "h2", "y"), rounded.rounded().keySet());
      for (IntegerWeights weights : rounded.rounded().values()) {
        for (byte level : weights.levels().toByteString().toByteArray()) {
          assertTrue(Math.abs(level) <= LEVELS);
        }
      }
    }
  }

  @Test
  void aBiasThatOverflowsRaisesTheScaleOfItsWeights() throws IOException {
    LayerRows rows = new LayerRows(new float[] {1e-9f, 2e-9f, 1, 2}, 2, false);
    WeightGrid grid = WeightGrid.ofProduct(2, new Int8Format(false, 127, 254, ""));
    double[] bias = {50, 1};
    IntegerWeights integers = IntegerWeights.of(rows, grid, bias, 1e-3f);
    int[] steps = integers.bias(bias, 1e-3f);
    assertEquals(50, steps[0] * (double) integers.scales()[0] * 1e-3, 1e-3);
    assertEquals(1, steps[1] * (double) integers.scales()[1] * 1e-3, 1e-3);
  }

  private static StaticInt8.Result quantized(OnnxModel model, Samples samples, Scratch scratch)
      throws IOException {
    StaticOptions options =
        new StaticOptions(FORMAT, Optional.of(RangeMethod.MINMAX), Set.of(), Optional.empty());
    return StaticInt8.apply(model, options, samples, scratch, 1, Progress.NONE);
  }

  /** Three layers with Relu between; the first reads no input of the model. */
  private OnnxModel model(String op, int group) throws IOException {
    boolean conv = op.equals("Conv");
    long[] shape = conv ? new long[] {-1, 4, 8, 8} : new long[] {-1, 16};
    GraphProto.Builder graph = TestModels.graph(List.of("x"), List.of(shape));
    graph.addNode(node("Neg", "n", "x"));
    String from = "n";
    for (int i = 1; i <= 3; i++) {
      long[] dims = conv ? new long[] {4L, 4L / group, 3, 3} : new long[] {16, 16};
      graph.addInitializer(TestModels.weights("w" + i, i, dims));
      graph.addInitializer(TestModels.weights("b" + i, i + 10, dims[0]));
      String to = i == 3 ? "y" : "h" + i;
      var layer =
          op.equals("MatMul") ? node(op, to, from, "w" + i) : node(op, to, from, "w" + i, "b" + i);
      if (conv) {
        layer.addAttribute(ints("pads", 1, 1, 1, 1));
        layer.addAttribute(TestModels.number("group", group));
      }
      graph.addNode(layer);
      from = "r" + i;
      if (i < 3) {
        graph.addNode(node("Relu", from, to));
      }
    }
    return OnnxModel.open(
        TestModels.write(TestModels.model(graph), folder.resolve(op + group + ".onnx")));
  }
}
