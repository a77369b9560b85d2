/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

/** The range with the least squared error, found by search: shrink both ends, then each one. */
final class SquaredError {
  private static final double SHRINK = 0.9;
  private static final int SHRINKS = 45;
  private static final double[] STEPS = {0.06, 0.03, 0.015, 0.007, 0.003};

  private final Density density;
  private final int levels;
  private Range best;
  private double least;

  private SquaredError(Density density, int levels, Range start) {
    this.density = density;
    this.levels = levels;
    this.best = start;
    this.least = of(density, start, levels);
  }

  static Range range(Density density, int levels, boolean symmetric) {
    Range all = Range.of(density.min(), density.max());
    SquaredError search = new SquaredError(density, levels, symmetric ? all.symmetric() : all);
    search.shrink(true, true);
    if (symmetric) {
      search.refine(true, true);
    } else {
      search.shrink(true, false);
      search.shrink(false, true);
      for (int round = 0; round < 2; round++) {
        search.refine(true, false);
        search.refine(false, true);
      }
    }
    return search.best;
  }

  private void shrink(boolean low, boolean high) {
    Range from = best;
    double factor = 1;
    for (int i = 0; i < SHRINKS; i++) {
      factor *= SHRINK;
      attempt(from, low ? factor : 1, high ? factor : 1);
    }
  }

  private void refine(boolean low, boolean high) {
    for (double step : STEPS) {
      boolean better = true;
      while (better) {
        Range from = best;
        double before = least;
        attempt(from, low ? 1 + step : 1, high ? 1 + step : 1);
        attempt(from, low ? 1 - step : 1, high ? 1 - step : 1);
        better = least < before;
      }
    }
  }

  private void attempt(Range from, double low, double high) {
    Range range = Range.of(from.low() * low, from.high() * high);
    double error = of(density, range, levels);
    if (error < least) {
      least = error;
      best = range;
    }
  }

  /**
   * The sum of squared errors over all values. Steps finer than a bin err by a uniform remainder.
   */
  static double of(Density density, Range range, int levels) {
    double scale = range.affine(levels, 0).scale();
    double below = -(double) range.affine(levels, 0).zeroPoint();
    double above = levels - 1 + below;
    boolean fine = scale < density.width();
    double error = 0;
    for (int i = 0; i < density.size(); i++) {
      double value = density.center(i);
      double steps = fine ? value / scale : Math.rint(value / scale);
      double off = value - Math.max(below, Math.min(above, steps)) * scale;
      error += density.count(i) * (off * off + (fine && off == 0 ? scale * scale / 12 : 0));
    }
    return error;
  }
}
