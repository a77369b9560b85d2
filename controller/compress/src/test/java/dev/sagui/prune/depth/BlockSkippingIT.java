/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.depth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TensorValues;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockSkippingIT {
  private static final int SIZE = 16;

  @TempDir Path folder;

  /** A convolution, then x + f(x), of which f answers to contrasts above a bar alone. */
  private static ModelProto contrasts() {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 1, SIZE, SIZE}));
    float[] bars = new float[4];
    Arrays.fill(bars, -0.4f);
    graph
        .addInitializer(TestModels.weights("w", 1, 4, 1, 3, 3))
        .addInitializer(TestModels.weights("u", 2, 4, 4, 3, 3))
        .addInitializer(TestModels.floats("b", bars, 4))
        .addInitializer(TestModels.weights("v", 3, 4, 4, 1, 1))
        .addInitializer(TestModels.weights("last", 4, 1, 4, 1, 1))
        .addNode(TestModels.node("Conv", "s", "x", "w"))
        .addNode(TestModels.node("Conv", "h", "s", "u", "b"))
        .addNode(TestModels.node("Relu", "r", "h"))
        .addNode(TestModels.node("Conv", "f", "r", "v"))
        .addNode(TestModels.node("Pad", "p", "f", "pads"))
        .addInitializer(TensorValues.longs(0, 0, 1, 1, 0, 0, 1, 1).toBuilder().setName("pads"))
        .addNode(TestModels.node("Add", "sum", "s", "p"))
        .addNode(TestModels.node("Conv", "y", "sum", "last"));
    return TestModels.model(graph);
  }

  private OnnxModel model() throws IOException {
    return OnnxModel.open(TestModels.write(contrasts(), folder.resolve("model.onnx")));
  }

  private SkippedModel skipped(OnnxModel model, double active) throws IOException {
    Samples samples = Samples.of(model.facts(), DataSpec.parse("random:3:64:-1..1"));
    return BlockSkipping.apply(model, active, samples, 1, Progress.NONE);
  }

  private static List<Tensor> input(float scale, int batch) {
    float[] values = new float[batch * SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = scale * ((i * 7919) % 13 - 6) / 6f;
    }
    return List.of(Tensor.of("x", values, batch, 1, SIZE, SIZE));
  }

  private static double[] largest(OnnxModel before, OnnxModel after, List<Tensor> input)
      throws IOException {
    try (OrtModel a = OrtModel.open(before, 1, false);
        OrtModel b = OrtModel.open(after, 1, false)) {
      float[] wanted = a.run(input).get(0).floats();
      float[] found = b.run(input).get(0).floats();
      double error = 0;
      double power = 0;
      for (int i = 0; i < wanted.length; i++) {
        error = Math.max(error, Math.abs(wanted[i] - found[i]));
        power = Math.max(power, Math.abs(wanted[i]));
      }
      return new double[] {error, power};
    }
  }

  @Test
  void inputsWithContrastComputeTheBlockAndFlatOnesDoNot() throws IOException {
    OnnxModel model = model();
    SkippedModel.Held held = skipped(model, 0.5).held().get(0);
    assertTrue(largest(model, held.model(), input(4, 1))[0] < 1e-4);
    double[] flat = largest(model, held.model(), input(0.01f, 1));
    assertTrue(flat[0] > 0 && flat[0] < 0.5, flat[0] + " of " + flat[1]);
  }

  @Test
  void oneSampleThatNeedsTheBlockBringsItToItsBatch() throws IOException {
    OnnxModel model = model();
    OnnxModel made = skipped(model, 0.5).model();
    List<Tensor> both = input(4, 2);
    float[] values = both.get(0).floats().clone();
    for (int i = 0; i < values.length / 2; i++) {
      values[i] *= 0.001f;
    }
    List<Tensor> mixed = List.of(Tensor.of("x", values, 2, 1, SIZE, SIZE));
    assertTrue(largest(model, made, mixed)[0] < 1e-4);
  }

  @Test
  void shareThatIsAskedForIsComputedOnOtherSamples() throws IOException {
    OnnxModel model = model();
    SkippedModel result = skipped(model, 0.5);
    SkippedModel.Held half = result.held().get(0);
    assertEquals(1, half.blocks().size());
    assertEquals(0.5, half.blocks().get(0).computed(), 0.3);
    SkippedModel.Held most = result.held().get(1);
    SkippedModel.Held least = result.held().get(2);
    assertEquals(List.of(0.5, 0.75, 0.25), result.held().stream().map(h -> h.asked()).toList());
    assertTrue(most.error() <= least.error(), most.error() + " " + least.error());
    assertTrue(most.flops() > least.flops());
    assertTrue(most.parameters() > least.parameters());
    assertTrue(half.parameters() < model.facts().parameters());
  }

  @Test
  void modelWithoutResidualBlocksIsRefused() throws IOException {
    Path file = TestModels.write(TestModels.linear(6, 5, 1), folder.resolve("plain.onnx"));
    OnnxModel plain = OnnxModel.open(file);
    RejectedException refused = assertThrows(RejectedException.class, () -> skipped(plain, 0.5));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("no block can be skipped"));
  }
}
