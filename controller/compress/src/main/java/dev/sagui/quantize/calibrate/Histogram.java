/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

/**
 * Counts of values in bins of equal width, which doubles as larger values come.
 *
 * <p>The width is a power of two and borders are its multiples: 0 is always a border, two bins make
 * one exactly when the width doubles, and the result depends on the values alone, not on their
 * order or how they were split. From half to all of the bins lie between the lowest and the highest
 * value. One thread.
 */
final class Histogram {
  static final int BINS = 4096;
  private static final int FINEST = -100;
  private static final int INDEX_BITS = 20;

  private final long[] counts = new long[BINS];
  private int exponent = FINEST;
  private int base;
  private float low;
  private float high = Float.NEGATIVE_INFINITY;

  /** Makes bins for all values from {@code from} to {@code to}, both finite. */
  void cover(float from, float to) {
    if (high == Float.NEGATIVE_INFINITY) {
      low = from;
      high = to;
      exponent = exponent(low, high);
      base = index(low, inverse());
    } else if (from < low || to > high) {
      low = Math.min(low, from);
      high = Math.max(high, to);
      widen(exponent(low, high));
      rebase(index(low, inverse()));
    }
  }

  /** Counts the first {@code count} values, which are covered. */
  void add(float[] values, int count) {
    float inverse = inverse();
    int first = base;
    long[] into = counts;
    for (int i = 0; i < count; i++) {
      into[index(values[i], inverse) - first]++;
    }
  }

  /** The bin of a value: its quotient by the width, rounded down; exact for powers of two. */
  private static int index(float value, float inverse) {
    float quotient = value * inverse;
    int whole = (int) quotient;
    return quotient < whole ? whole - 1 : whole;
  }

  /** The finest width, as a power of two, at which the bins are enough. */
  private static int exponent(float low, float high) {
    float largest = Math.max(Math.abs(low), Math.abs(high));
    int exponent = Math.max(FINEST, Math.getExponent(largest) - INDEX_BITS);
    while (index(high, power(-exponent)) - index(low, power(-exponent)) >= BINS) {
      exponent++;
    }
    return exponent;
  }

  private void widen(int wanted) {
    while (exponent < wanted) {
      int half = Math.floorDiv(base, 2);
      for (int i = 0; i < BINS; i++) {
        long count = counts[i];
        counts[i] = 0;
        counts[Math.floorDiv(base + i, 2) - half] += count;
      }
      base = half;
      exponent++;
    }
  }

  private void rebase(int wanted) {
    int shift = base - wanted;
    if (shift > 0) {
      System.arraycopy(counts, 0, counts, shift, BINS - shift);
      java.util.Arrays.fill(counts, 0, shift, 0);
    } else if (shift < 0) {
      throw new IllegalStateException("the lowest value rose; this is a bug");
    }
    base = wanted;
  }

  private float inverse() {
    return power(-exponent);
  }

  private static float power(int exponent) {
    return Math.scalb(1f, exponent);
  }

  double width() {
    return Math.scalb(1.0, exponent);
  }

  long count(int bin) {
    return counts[bin];
  }

  /** The lower border of a bin. */
  double border(int bin) {
    return ((double) base + bin) * width();
  }

  /** The bin that starts at 0; outside of 0 until {@link #BINS} when nothing is there. */
  int zeroBin() {
    return -base;
  }
}
