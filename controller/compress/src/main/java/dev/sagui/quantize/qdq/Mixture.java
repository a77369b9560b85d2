/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.onnx.Progress;
import dev.sagui.quantize.calibrate.Range;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which layers stay float32 so that the outputs reach a quality: each layer's harm is the error at
 * the model's outputs when it alone computes in integers; the most harmful for the work that they
 * are go first, as many as it takes.
 */
final class Mixture {
  private final Trial trial;
  private final Map<String, Range> ranges;
  private final Corrections corrections;
  private final double wanted;
  private final Progress progress;

  /**
   * @param wanted the largest error allowed, see {@link Trial#error}
   */
  Mixture(
      Trial trial,
      Map<String, Range> ranges,
      Corrections corrections,
      double wanted,
      Progress progress) {
    this.trial = trial;
    this.ranges = ranges;
    this.corrections = corrections;
    this.wanted = wanted;
    this.progress = progress;
  }

  /**
   * The layers to compute in integers, of those given.
   *
   * @param work of each layer, by its output: multiplications a sample
   */
  Set<String> integers(Map<String, Double> work) throws IOException {
    Set<String> all = new LinkedHashSet<>(work.keySet());
    if (meets(all)) {
      return all;
    }
    Map<String, Double> harm = new LinkedHashMap<>();
    for (String layer : all) {
      harm.put(layer, trial.error(trial.quantized(Set.of(layer), ranges, corrections)));
      progress.at("sensitivity", (double) harm.size() / all.size());
    }
    List<String> order =
        all.stream()
            .sorted(
                Comparator.comparingDouble(
                        (String layer) ->
                            harm.getOrDefault(layer, 0.0)
                                / Math.max(1, work.getOrDefault(layer, 1.0)))
                    .reversed())
            .toList();
    int most = order.size();
    int least = 0; // too few floats
    while (most - least > 1) {
      int middle = (least + most) / 2;
      if (meets(new LinkedHashSet<>(order.subList(middle, order.size())))) {
        most = middle;
      } else {
        least = middle;
      }
    }
    return new LinkedHashSet<>(order.subList(most, order.size()));
  }

  private boolean meets(Set<String> layers) throws IOException {
    return trial.error(trial.quantized(layers, ranges, corrections)) <= wanted;
  }
}
