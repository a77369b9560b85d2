/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

import static dev.sagui.onnx.TestModels.node;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.fit.DemoModels;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationIT {
  @TempDir Path folder;

  @Test
  void everyValueOfAGeneratorIsSeenOnce() throws IOException {
    OnnxModel model = OnnxModel.open(DemoModels.VAE_DECODER);
    Samples samples = Samples.of(model.facts(), DataSpec.latents(1, 20));
    List<String> values = new ArrayList<>(Taps.values(model));
    String input = model.facts().inputs().get(0).name();
    values.add(0, input);
    Map<String, TensorStatistics> all =
        Calibration.collect(model, values, samples, 1, Progress.NONE);
    assertEquals(input, all.keySet().iterator().next());
    String output = values.get(values.size() - 1);
    assertEquals(20 * 28 * 28, all.get(output).count());
    assertEquals(0, all.get(input).notFinite());
  }

  /** Sixteen of them would be 256 MB. */
  @Test
  void largeValuesAreSeenOnceInSmallerRuns() throws IOException {
    int size = 1 << 21;
    OnnxModel model =
        OnnxModel.open(
            TestModels.write(
                TestModels.model(
                    TestModels.graph(List.of("x"), List.of(new long[] {-1, 1}))
                        .addInitializer(TestModels.floats("w", new float[size], size))
                        .addNode(node("Add", "a", "x", "w"))
                        .addNode(node("Relu", "y", "a"))),
                folder.resolve("m.onnx")));
    Samples samples = Samples.of(model.facts(), DataSpec.latents(1, 17));
    Map<String, TensorStatistics> all =
        Calibration.collect(model, List.of("a", "y"), samples, 1, Progress.NONE);
    assertEquals(17L * size, all.get("a").count());
    assertEquals(17L * size, all.get("y").count());
  }

  @Test
  void inputsAndValuesAgreeThroughAnIdentity() throws IOException {
    OnnxModel model =
        OnnxModel.open(
            TestModels.write(
                TestModels.model(
                    TestModels.graph(List.of("x"), List.of(new long[] {-1, 3}))
                        .addNode(node("Shape", "s", "x"))
                        .addNode(node("Identity", "y", "x"))),
                folder.resolve("m.onnx")));
    Samples samples = Samples.of(model.facts(), DataSpec.latents(1, 40));
    Map<String, TensorStatistics> all =
        Calibration.collect(model, List.of("x", "s", "y"), samples, 1, Progress.NONE);
    assertEquals(List.of("x", "y"), List.copyOf(all.keySet()));
    for (RangeMethod method : RangeMethod.values()) {
      assertEquals(all.get("x").range(method, 256, false), all.get("y").range(method, 256, false));
    }
  }
}
