/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.distribution;

/**
 * Sorts arrays of one length by radix, and tells where each value came from: several times as fast
 * as a sort by comparisons.
 *
 * <p>Bits of a float ascend as integers do once the negative ones are turned over (Terdiman, "Radix
 * sort revisited"). NaN comes last.
 */
final class AscendingFloats {
  private static final int BITS = 11;
  private static final int BUCKETS = 1 << BITS;
  private static final int PASSES = 3;

  private final float[] sorted;
  private int[] keys;
  private int[] otherKeys;
  private int[] order;
  private int[] otherOrder;

  AscendingFloats(int length) {
    sorted = new float[length];
    keys = new int[length];
    otherKeys = new int[length];
    order = new int[length];
    otherOrder = new int[length];
  }

  /** The values in ascending order; overwritten by the next sort. */
  float[] sorted(float[] values) {
    for (int i = 0; i < values.length; i++) {
      int bits = Float.floatToIntBits(values[i]);
      keys[i] = bits ^ ((bits >> 31) | Integer.MIN_VALUE);
      order[i] = i;
    }
    for (int pass = 0; pass < PASSES; pass++) {
      scatter(pass * BITS);
    }
    for (int i = 0; i < values.length; i++) {
      sorted[i] = values[order[i]];
    }
    return sorted;
  }

  /** For each value of the last sort its index before; overwritten by the next. */
  int[] order() {
    return order;
  }

  private void scatter(int shift) {
    int[] next = new int[BUCKETS + 1];
    for (int key : keys) {
      next[(key >>> shift & BUCKETS - 1) + 1]++;
    }
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      next[bucket + 1] += next[bucket];
    }
    for (int i = 0; i < keys.length; i++) {
      int at = next[keys[i] >>> shift & BUCKETS - 1]++;
      otherKeys[at] = keys[i];
      otherOrder[at] = order[i];
    }
    int[] spent = keys;
    keys = otherKeys;
    otherKeys = spent;
    int[] before = order;
    order = otherOrder;
    otherOrder = before;
  }
}
