/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.util.List;
import java.util.Locale;

/**
 * A mean and where it lies with 95 % confidence, by Student's t.
 *
 * @param half of the interval's width
 */
record Interval(double mean, double half) {
  /** 97.5 % quantiles for 1 to 9 degrees of freedom. */
  private static final double[] T = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262
  };

  /**
   * @param values 2 to 10 of them, independent
   */
  static Interval of(List<Double> values) {
    double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    int freedom = values.size() - 1;
    return new Interval(mean, T[freedom - 1] * Math.sqrt(squares / freedom / values.size()));
  }

  double low() {
    return mean - half;
  }

  double high() {
    return mean + half;
  }

  /** Whether it may be no difference at all. */
  boolean holdsZero() {
    return low() <= 0 && high() >= 0;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.1f ± %.1f", mean, half);
  }
}
