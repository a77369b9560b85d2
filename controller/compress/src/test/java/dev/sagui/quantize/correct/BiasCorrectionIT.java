/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.correct;

import static dev.sagui.onnx.TestModels.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.onnx.TestModels;
import dev.sagui.quantize.calibrate.ChannelStatistics;
import dev.sagui.quantize.correct.BiasCorrection.Outcome;
import dev.sagui.quantize.correct.BiasCorrection.Target;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BiasCorrectionIT {
  private static final List<Target> LAYERS =
      List.of(new Target("h", "h", "b", 1), new Target("y", "y", "b", 1));

  @TempDir Path folder;

  @Test
  void meansAreThoseOfTheFloatModelAgainThoughTwoLayersShareABias() throws IOException {
    OnnxModel model = model(1000);
    OnnxModel coarse = model(4);
    Samples samples = Samples.of(model.facts(), DataSpec.noise(1, 64));
    double before = off(model, coarse, samples);
    Outcome outcome = BiasCorrection.apply(model, coarse, LAYERS, samples, 1);
    assertTrue(before > 0.01, "error of the means " + before);
    assertTrue(off(model, outcome.model(), samples) < 1e-4);
    assertEquals(2, outcome.changes().size());
    assertTrue(outcome.changes().stream().allMatch(c -> c.skipped().isEmpty() && c.shift() > 0));
  }

  @Test
  void whatIsNotQuantizedKeepsItsBias() throws IOException {
    OnnxModel model = model(1000);
    Samples samples = Samples.of(model.facts(), DataSpec.noise(1, 8));
    Outcome outcome = BiasCorrection.apply(model, model, LAYERS, samples, 1);
    assertTrue(outcome.changes().stream().allMatch(c -> c.shift() < 1e-6));
  }

  @Test
  void biasThatIsComputedIsLeftAndSaid() throws IOException {
    OnnxModel model = model(1000);
    Samples samples = Samples.of(model.facts(), DataSpec.noise(1, 8));
    List<Target> computed = List.of(new Target("h", "h", "x", 1));
    Outcome outcome = BiasCorrection.apply(model, model, computed, samples, 1);
    assertFalse(outcome.changes().get(0).skipped().isEmpty());
    assertEquals(List.of(), BiasCorrection.apply(model, model, List.of(), samples, 1).changes());
  }

  private static double off(OnnxModel model, OnnxModel other, Samples samples) throws IOException {
    double most = 0;
    for (String value : List.of("h", "y")) {
      double[] wanted = means(model, value, samples);
      double[] found = means(other, value, samples);
      for (int c = 0; c < wanted.length; c++) {
        most = Math.max(most, Math.abs(wanted[c] - found[c]));
      }
    }
    return most;
  }

  private static double[] means(OnnxModel model, String value, Samples samples) throws IOException {
    return ChannelStatistics.collect(model, Map.of(value, 1), samples, 1).get(value).means();
  }

  /** Two Gemm layers with one bias; weights are rounded to {@code steps} in 1. */
  private OnnxModel model(int steps) throws IOException {
    GraphProto.Builder graph =
        TestModels.graph(List.of("x"), List.of(new long[] {-1, 12}))
            .addInitializer(rounded("w", 1, steps))
            .addInitializer(rounded("v", 2, steps))
            .addInitializer(TestModels.weights("b", 3, 12))
            .addNode(node("Gemm", "h", "x", "w", "b"))
            .addNode(node("Relu", "r", "h"))
            .addNode(node("Gemm", "y", "r", "v", "b"));
    return OnnxModel.open(
        TestModels.write(TestModels.model(graph), folder.resolve(steps + ".onnx")));
  }

  private TensorProto rounded(String name, long seed, int steps) throws IOException {
    TensorProto weights = TestModels.weights(name, seed, 12, 12);
    OnnxModel any =
        OnnxModel.open(TestModels.write(TestModels.linear(2, 2, 1), folder.resolve("any.onnx")));
    double[] values = TensorValues.doubles(any, weights);
    float[] coarse = new float[values.length];
    for (int i = 0; i < coarse.length; i++) {
      coarse[i] = (float) (Math.rint(values[i] * steps) / steps);
    }
    return TestModels.floats(name, coarse, 12, 12);
  }
}
