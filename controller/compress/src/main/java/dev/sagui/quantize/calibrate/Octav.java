/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

/**
 * OCTAV (Sakr et al., ICML 2022, equation 6), written for ends of their own: with step Δ = (h −
 * l)/(levels − 1) the error Δ²/12 · P(inside) + E[(x − end)²; beyond] is least at
 *
 * <pre>h = (E[x; x &gt; h] + k·l) / (k + P(x &gt; h)),  k = P(inside) / (12·(levels − 1)²)</pre>
 *
 * and likewise for l; with l = −h this is the paper's. Values of 0 have no error and count nowhere.
 */
final class Octav {
  private static final int ROUNDS = 200;
  private static final double CLOSE = 1e-7;

  private Octav() {}

  static Range range(Density density, int levels, boolean symmetric) {
    if (density.total() == 0) {
      return Range.ZERO;
    }
    double start = 0;
    for (int i = 0; i < density.size(); i++) {
      start += density.count(i) * Math.abs(density.center(i)) / density.total();
    }
    double low = symmetric || density.min() < 0 ? -start : 0;
    double high = symmetric || density.max() > 0 ? start : 0;
    for (int round = 0; round < ROUNDS; round++) {
      double nextHigh =
          symmetric ? both(density, high, levels) : end(density, low, high, levels, true);
      double nextLow = symmetric ? -nextHigh : end(density, low, nextHigh, levels, false);
      double moved = Math.max(Math.abs(nextHigh - high), Math.abs(nextLow - low));
      low = nextLow;
      high = nextHigh;
      if (moved <= CLOSE * (high - low)) {
        break;
      }
    }
    Range all = Range.of(density.min(), density.max());
    Range seen = symmetric ? all.symmetric() : all;
    return Range.of(Math.max(seen.low(), low), Math.min(seen.high(), high));
  }

  private static double both(Density density, double high, int levels) {
    double beyond = density.countBeyond(high, true) + density.countBeyond(-high, false);
    double sum = density.sumBeyond(high, true) - density.sumBeyond(-high, false);
    double noise = (density.total() - beyond) / (3 * square(levels - 1));
    return noise + beyond == 0 ? high : sum / (noise + beyond);
  }

  private static double end(Density density, double low, double high, int levels, boolean above) {
    double from = above ? high : low;
    double other = above ? low : high;
    if (from == 0) {
      return 0;
    }
    double beyond = density.countBeyond(high, true) + density.countBeyond(low, false);
    double noise = (density.total() - beyond) / (12 * square(levels - 1));
    double here = density.countBeyond(from, above);
    double next = (density.sumBeyond(from, above) + noise * other) / (noise + here);
    return above ? Math.max(0, next) : Math.min(0, next);
  }

  private static double square(double x) {
    return x * x;
  }
}
