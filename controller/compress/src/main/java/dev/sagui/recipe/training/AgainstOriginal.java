/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe.training;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Latency;
import dev.sagui.run.LatencyRace;
import dev.sagui.run.OrtModel;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model that was trained costs beside the one that it came from, on this machine.
 *
 * @param latency share of the time of a run at batch 1, of 10th percentiles of runs in turns
 * @param bytes share of the bytes, weights included
 */
record AgainstOriginal(double latency, double bytes) {
  private static final double SECONDS = 1.5;

  /**
   * @param sample of batch 1
   */
  static AgainstOriginal of(OnnxModel original, OnnxModel made, List<Tensor> sample)
      throws IOException {
    try (OrtModel a = OrtModel.open(original, 1, false);
        OrtModel b = OrtModel.open(made, 1, false)) {
      List<Latency> race = LatencyRace.run(List.of(a, b), sample, SECONDS);
      return new AgainstOriginal(
          race.get(1).p10Millis() / race.get(0).p10Millis(),
          (double) made.sizeBytes() / original.sizeBytes());
    }
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("latency_ratio", latency);
    json.put("bytes_ratio", bytes);
    return json;
  }
}
