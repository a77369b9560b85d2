/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Taps;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The shapes that a model's values have in one run. */
final class RunShapes {
  private RunShapes() {}

  static Map<String, List<Long>> of(OnnxModel model, List<Tensor> inputs, int threads)
      throws IOException {
    Map<String, List<Long>> shapes = new HashMap<>();
    inputs.forEach(input -> shapes.put(input.name(), input.shape()));
    try (Taps taps = Taps.of(model, Taps.values(model), threads)) {
      shapes.putAll(taps.shapes(inputs));
    }
    return shapes;
  }

  /** Samples in a batch of two, if that many are run at once. */
  static int batch(List<Tensor> inputs) {
    return inputs.get(0).shape().indexOf(2L) == 0 ? 2 : 1;
  }
}
