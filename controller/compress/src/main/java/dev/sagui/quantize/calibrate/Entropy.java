/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

/**
 * The threshold T at which the distribution clipped to ±T differs least from its quantized form
 * (Migacz, "8-bit Inference with TensorRT", GTC 2017), tried at every bin from the number of levels
 * on. Prefix sums make a trial O(levels).
 *
 * <p>With P the counts up to T, what is beyond added to the last bin, and Q each level's counts
 * spread evenly over its bins that are not empty: KL(P‖Q) = Σ p·log(p/q). Level borders are spread
 * evenly over the bins, where ONNX Runtime leaves the remainder to the last level.
 */
final class Entropy {
  private final double[] counts;
  private final double[] below;
  private final double[] logs;
  private final int[] filled;
  private final int levels;

  private Entropy(double[] counts, int levels) {
    this.counts = counts;
    this.levels = levels;
    this.below = new double[counts.length + 1];
    this.logs = new double[counts.length + 1];
    this.filled = new int[counts.length + 1];
    for (int i = 0; i < counts.length; i++) {
      below[i + 1] = below[i] + counts[i];
      logs[i + 1] = logs[i] + entropy(counts[i]);
      filled[i + 1] = filled[i] + (counts[i] > 0 ? 1 : 0);
    }
  }

  private static double entropy(double count) {
    return count > 0 ? count * Math.log(count) : 0;
  }

  static Range range(Density density, int levels) {
    boolean oneSided = density.min() >= 0 || density.max() <= 0;
    int used = Math.max(1, oneSided ? levels : levels / 2);
    double threshold = bins(density.magnitudes(), used) * density.width();
    return Range.of(Math.max(density.min(), -threshold), Math.min(density.max(), threshold));
  }

  /** How many bins lie below the best threshold. */
  static int bins(double[] counts, int levels) {
    Entropy entropy = new Entropy(counts, levels);
    int best = counts.length;
    double least = Double.POSITIVE_INFINITY;
    for (int bins = levels; bins <= counts.length; bins++) {
      double divergence = entropy.divergence(bins);
      if (divergence < least) {
        least = divergence;
        best = bins;
      }
    }
    return best;
  }

  /** KL(P‖Q) for a threshold after that many bins; infinite where Q is 0 and P is not. */
  private double divergence(int bins) {
    double all = below[counts.length];
    double kept = below[bins];
    double beyond = all - kept;
    double last = counts[bins - 1];
    if (kept == 0 || (beyond > 0 && last == 0)) {
      return Double.POSITIVE_INFINITY;
    }
    // Σ p·log p, then − Σ p·log q for each level; both still in counts
    double sum = logs[bins] - entropy(last) + entropy(last + beyond);
    for (int level = 0; level < levels; level++) {
      int from = (int) ((long) level * bins / levels);
      int to = (int) ((long) (level + 1) * bins / levels);
      double mass = below[to] - below[from];
      if (mass > 0) {
        double own = mass + (to == bins ? beyond : 0);
        sum -= own * Math.log(mass / (filled[to] - filled[from]));
      }
    }
    return sum / all - Math.log(all) + Math.log(kept);
  }
}
