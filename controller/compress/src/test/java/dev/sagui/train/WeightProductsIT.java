/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TestModels;
import dev.sagui.run.DataSpec;
import dev.sagui.run.OrtModel;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightProductsIT {
  @TempDir Path folder;

  /**
   * y = x W + b: without what feeds one output, that output alone is gone, whatever the direction.
   */
  @Test
  void productsOfAnOutputsWeightsAddUpToWhatItGives() throws IOException {
    OnnxModel model =
        OnnxModel.open(TestModels.write(TestModels.linear(6, 5, 1), folder.resolve("m.onnx")));
    Samples samples = Samples.of(model.facts(), DataSpec.parse("values:0.5"));
    float[] outputs;
    try (OrtModel session = OrtModel.open(model, 1, false)) {
      outputs = session.run(samples.first(1)).get(0).floats();
    }
    double power = 0;
    for (float output : outputs) {
      power += output * output / outputs.length;
    }
    double scale = 1 / Math.sqrt(power) / outputs.length;
    Map<String, FloatBuffer> last = new HashMap<>();
    WeightProducts.forEach(model, name -> true, samples, 1, 3, last::putAll);
    for (int o = 0; o < outputs.length; o++) {
      double sum = 0;
      for (FloatBuffer products : last.values()) {
        for (int i = o; i < products.capacity(); i += outputs.length) {
          sum += products.get(i);
        }
      }
      assertEquals(Math.abs(outputs[o]) * scale, Math.abs(sum), 1e-5);
    }
  }
}
