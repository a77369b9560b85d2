/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.quantize.Fidelity;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LowRankIT {
  private static final int WIDE = 768;
  private static final int RANK = 16;

  @TempDir Path folder;

  @Test
  void productsOfLowRankBecomeTwoWithoutALoss() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("z"), List.of(new long[] {-1, WIDE}))
            .addInitializer(TestModels.floats("w1", lowRank(WIDE, WIDE, 1), WIDE, WIDE))
            .addInitializer(TestModels.weights("b1", 2, WIDE))
            .addInitializer(TestModels.floats("w2", lowRank(WIDE, 2 * WIDE, 3), WIDE, 2 * WIDE))
            .addNode(TestModels.node("Gemm", "a", "z", "w1", "b1"))
            .addNode(TestModels.node("Tanh", "t", "a"))
            .addNode(TestModels.node("MatMul", "y", "t", "w2"));
    OnnxModel model = written(TestModels.model(graph));
    Samples samples = Samples.of(model.facts(), DataSpec.parse("latent:normal:3:64"));
    LowRankModel result = LowRank.apply(model, 0.6, samples, 1, Progress.NONE);
    assertEquals(2, result.factored().size(), result.left().toString());
    assertTrue(result.macs() <= 0.4 * result.macsBefore());
    double error = new Fidelity(model, samples, 1).error(result.model());
    assertTrue(error < 1e-6, "" + error);
  }

  @Test
  void separableConvolutionsGoDownThenAlong() throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 32, 24, 20}))
            .addInitializer(TestModels.floats("w", separable(), 64, 32, 5, 3))
            .addInitializer(TestModels.weights("b", 2, 64))
            .addNode(
                TestModels.node("Conv", "y", "x", "w", "b")
                    .addAttribute(TestModels.ints("strides", 2, 1))
                    .addAttribute(TestModels.ints("pads", 2, 1, 1, 0)));
    OnnxModel model = written(TestModels.model(graph));
    Samples samples = Samples.of(model.facts(), DataSpec.parse("random:3:12:-1..1"));
    LowRankModel result = LowRank.apply(model, 0.7, samples, 1, Progress.NONE);
    assertEquals(
        List.of("spatial"),
        result.factored().stream().map(LowRankModel.Factored::form).toList(),
        result.left().toString());
    double error = new Fidelity(model, samples, 1).error(result.model());
    assertTrue(error < 1e-6, "" + error);
  }

  @Test
  void moreThanLowRankSavesIsRefused() throws IOException {
    OnnxModel model = written(TestModels.linear(64, 64, 1));
    Samples samples = Samples.of(model.facts(), DataSpec.parse("random:3:8"));
    RejectedException refused =
        assertThrows(
            RejectedException.class, () -> LowRank.apply(model, 0.95, samples, 1, Progress.NONE));
    assertTrue(String.valueOf(refused.getMessage()).contains("stays whatever the ranks"));
  }

  @Test
  void modelOfSmallLayersIsRefused() throws IOException {
    OnnxModel model = written(TestModels.linear(6, 5, 1));
    Samples samples = Samples.of(model.facts(), DataSpec.parse("random:3:8"));
    RejectedException refused =
        assertThrows(
            RejectedException.class, () -> LowRank.apply(model, 0.2, samples, 1, Progress.NONE));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("no layer can be written as two"));
  }

  private OnnxModel written(ModelProto proto) throws IOException {
    return OnnxModel.open(TestModels.write(proto, folder.resolve("model.onnx")));
  }

  private static float[] lowRank(int rows, int columns, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[rows * columns];
    for (int r = 0; r < RANK; r++) {
      double[] left = random.doubles(rows, -0.1, 0.1).toArray();
      double[] right = random.doubles(columns, -1, 1).toArray();
      for (int i = 0; i < values.length; i++) {
        values[i] += (float) (left[i / columns] * right[i % columns]);
      }
    }
    return values;
  }

  /** Filters [64, 32, 5, 3] that are sums of a few products of a column and a row. */
  private static float[] separable() {
    SplittableRandom random = new SplittableRandom(7);
    float[] values = new float[64 * 32 * 5 * 3];
    for (int r = 0; r < RANK; r++) {
      double[] down = random.doubles(32 * 5, -1, 1).toArray();
      double[] along = random.doubles(64 * 3, -1, 1).toArray();
      for (int i = 0; i < values.length; i++) {
        int output = i / (32 * 15);
        values[i] += (float) (down[i / 3 % (32 * 5)] * along[output * 3 + i % 3]);
      }
    }
    return values;
  }
}
