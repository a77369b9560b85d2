/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.quality.distribution.Splits;
import java.util.List;
import java.util.Map;

/**
 * How far a model's outputs for different inputs are from each other, against another model's: well
 * below 1 the candidate has collapsed to fewer modes.
 *
 * <p>The mean pairwise distance is taken over pairs of outputs that follow each other.
 */
final class Diversity {
  /**
   * Distances of an output to the one before, in both models; NaN for the first of all.
   *
   * @param reference distance between two of the reference's outputs
   */
  record Step(double reference, double candidate) {
    static final Step FIRST = new Step(Double.NaN, Double.NaN);
  }

  private Diversity() {}

  /** The null scale is the ratio, below 1, that chance reaches between halves in 19 of 20 cases. */
  static void into(
      List<Step> all, long seed, Map<Metric, Double> metrics, Map<Metric, Double> chance) {
    List<Step> steps = all.stream().filter(step -> !step.equals(Step.FIRST)).toList();
    double reference = steps.stream().mapToDouble(Step::reference).sum();
    double candidate = steps.stream().mapToDouble(Step::candidate).sum();
    if (reference == 0) {
      return;
    }
    metrics.put(Metric.DIVERSITY_RATIO, candidate / reference);
    double unlike =
        Splits.of(steps.size(), seed)
            .percentile95(
                halves -> {
                  double ratio = sum(steps, halves.first()) / sum(steps, halves.second());
                  return 1 - Math.min(ratio, 1 / ratio);
                });
    chance.put(Metric.DIVERSITY_RATIO, 1 - unlike);
  }

  private static double sum(List<Step> steps, int[] indices) {
    double sum = 0;
    for (int index : indices) {
      sum += steps.get(index).reference();
    }
    return sum;
  }
}
