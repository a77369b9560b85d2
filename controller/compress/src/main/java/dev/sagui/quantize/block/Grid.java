/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

/**
 * Scale and zero point of one block under trial: w ≈ scale · (q − zero), q from 0 to levels.
 *
 * <p>One thread; reused from block to block.
 */
final class Grid {
  /** Of the widths of the range; more candidates gain less than 0.02 dB. */
  private static final int CANDIDATES = 8;

  private static final double STEP = 0.04;

  /** 1.5 · 2²³: a float this far out has steps of 1, so adding it rounds to even. */
  private static final float ROUND = 12_582_912f;

  private final int levels;
  private final int middle;
  private final boolean symmetric;
  float scale;
  int zero;

  Grid(int bits, boolean symmetric) {
    this.levels = (1 << bits) - 1;
    this.middle = 1 << (bits - 1);
    this.symmetric = symmetric;
  }

  /** Whether all values of the block are zeros, or next to it. */
  boolean isFlat() {
    return scale == Float.MIN_NORMAL;
  }

  int levels() {
    return levels;
  }

  /** Over the whole range of {@code count} values, zero included. */
  void cover(float[] values, int from, int count) {
    cover(values, from, count, 1);
  }

  /** Over the range times {@code part}. */
  private void cover(float[] values, int from, int count, double part) {
    float low = 0;
    float high = 0;
    for (int i = from; i < from + count; i++) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    if (symmetric) {
      // The end with one code more is given to the larger side, by the scale's sign.
      float end = -low >= high ? low : high;
      scale = (float) (-end * part / middle);
      zero = middle;
    } else {
      scale = (float) ((high - low) * part / levels);
      zero = scale == 0 ? middle : clamp(rounded((float) (-low * part / scale)));
    }
    if (Math.abs(scale) < Float.MIN_NORMAL) {
      scale = Float.MIN_NORMAL;
      zero = middle;
    }
  }

  /**
   * The clipped range with the least error, each value's weighted; {@code weights} may be empty.
   */
  void search(float[] values, int from, int count, float[] weights) {
    cover(values, from, count);
    float bestScale = scale;
    int bestZero = zero;
    double least = Double.POSITIVE_INFINITY;
    for (int candidate = 0; candidate < CANDIDATES; candidate++) {
      cover(values, from, count, 1 - STEP * candidate);
      fit(values, from, count, weights);
      double error = error(values, from, count, weights);
      if (error < least) {
        least = error;
        bestScale = scale;
        bestZero = zero;
      }
    }
    scale = bestScale;
    zero = bestZero;
  }

  /** The scale of least weighted squared error for the codes and the zero point as they are. */
  void fit(float[] values, int from, int count, float[] weights) {
    double product = 0;
    double square = 0;
    for (int i = 0; i < count; i++) {
      double code = code(values[from + i]) - zero;
      double weight = weights.length == 0 ? 1 : weights[i];
      product += weight * code * values[from + i];
      square += weight * code * code;
    }
    float fitted = (float) (product / square);
    if (Float.isFinite(fitted) && Math.abs(fitted) >= Float.MIN_NORMAL) {
      scale = fitted;
    }
  }

  double error(float[] values, int from, int count, float[] weights) {
    double error = 0;
    for (int i = 0; i < count; i++) {
      double off = values[from + i] - value(code(values[from + i]));
      error += (weights.length == 0 ? 1 : weights[i]) * off * off;
    }
    return error;
  }

  int code(float value) {
    return clamp(rounded(value / scale) + zero);
  }

  /** The value of a grid that is not held in an object. */
  static float nearest(float value, float scale, int zero, int levels) {
    int code = Math.max(0, Math.min(levels, rounded(value / scale) + zero));
    return scale * (code - zero);
  }

  float value(int code) {
    return scale * (code - zero);
  }

  private static int rounded(float steps) {
    return (int) (steps + ROUND - ROUND);
  }

  private int clamp(int code) {
    return Math.max(0, Math.min(levels, code));
  }

  /** A zero point of real value, rounded, and its scale. */
  void set(float newScale, double newZero) {
    scale = newScale;
    zero = symmetric ? middle : clamp((int) Math.rint(newZero));
  }
}
