/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.distribution;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Kernel distance between two sets of feature vectors: the unbiased squared maximum mean
 * discrepancy under the polynomial kernel (x·y/d + 1)³ of KID (Bińkowski et al. 2018, arXiv
 * 1801.01401).
 *
 * <p>By the one-sample U-statistic of Gretton et al. 2012 (lemma 6), which leaves out the pairs
 * (xᵢ, yᵢ): it is unbiased also when xᵢ and yᵢ come from the same latent, and 0 for equal sets.
 * Features are taken in units of both sets' common mean and standard deviation, since those of a
 * random network have no scale of their own; units of one set alone would bias it.
 */
public final class KernelDistance {
  private KernelDistance() {}

  /**
   * @param x [n][d]; n ≥ 2
   * @param y [n][d]
   */
  public static double of(List<float[]> x, List<float[]> y) {
    if (x.size() != y.size() || x.size() < 2) {
      throw new IllegalArgumentException(
          "expected two sets of one size of 2 or more, got %d and %d"
              .formatted(x.size(), y.size()));
    }
    List<float[]> both = new ArrayList<>(x);
    both.addAll(y);
    Units units = Units.of(both);
    double[][] a = units.applied(x);
    double[][] b = units.applied(y);
    int n = a.length;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        sum += kernel(a[i], a[j]) + kernel(b[i], b[j]) - kernel(a[i], b[j]) - kernel(a[j], b[i]);
      }
    }
    return 2 * sum / ((double) n * (n - 1));
  }

  /** Between two halves of one set. */
  public static double of(List<float[]> all, Splits.Halves halves) {
    return of(
        IntStream.of(halves.first()).mapToObj(all::get).toList(),
        IntStream.of(halves.second()).mapToObj(all::get).toList());
  }

  private static double kernel(double[] x, double[] y) {
    double dot = 0;
    for (int i = 0; i < x.length; i++) {
      dot += x[i] * y[i];
    }
    double base = dot / x.length + 1;
    return base * base * base;
  }
}
