/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

import java.nio.ByteBuffer;

/** Values in blocks that fit the first-level cache: what they span, and how many are no numbers. */
final class Scan {
  private static final int BLOCK = 4096;
  private static final int INFINITY = 0x7f800000;

  private final int[] bits = new int[BLOCK];
  private final float[] values = new float[BLOCK];

  private int count;
  private float low;
  private float high;
  private int zeros;
  private int notFinite;

  /** Takes the next block of float32 values; whether there was one. */
  boolean next(ByteBuffer data) {
    count = Math.min(BLOCK, data.remaining() / Float.BYTES);
    if (count == 0) {
      return false;
    }
    data.slice().order(data.order()).asIntBuffer().get(bits, 0, count);
    data.slice().order(data.order()).asFloatBuffer().get(values, 0, count);
    data.position(data.position() + count * Float.BYTES);
    notFinite = 0;
    zeros = count - nonZero(bits, count);
    if (!span()) {
      keepFinite();
    }
    return true;
  }

  /** An integer that is ordered as the floats are, and back. */
  private static int ordered(int bits) {
    return bits ^ ((bits >> 31) & 0x7fffffff);
  }

  /** Finds both ends; whether they are finite, so that all values are. */
  private boolean span() {
    int lowest = Integer.MAX_VALUE;
    int highest = Integer.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      int number = bits[i] ^ ((bits[i] >> 31) & 0x7fffffff);
      lowest = Math.min(lowest, number);
      highest = Math.max(highest, number);
    }
    low = Float.intBitsToFloat(ordered(lowest));
    high = Float.intBitsToFloat(ordered(highest));
    return highest < INFINITY && lowest > ~INFINITY;
  }

  private static int nonZero(int[] bits, int count) {
    int nonZero = 0;
    for (int i = 0; i < count; i++) {
      int magnitude = bits[i] << 1;
      nonZero += (magnitude | -magnitude) >>> 31;
    }
    return nonZero;
  }

  private void keepFinite() {
    int kept = 0;
    low = Float.POSITIVE_INFINITY;
    high = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      float value = values[i];
      if (Float.isFinite(value)) {
        values[kept++] = value;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    notFinite = count - kept;
    count = kept;
  }

  /** The block's finite values, the first {@link #count}. */
  float[] values() {
    return values;
  }

  int count() {
    return count;
  }

  float low() {
    return low;
  }

  float high() {
    return high;
  }

  int zeros() {
    return zeros;
  }

  int notFinite() {
    return notFinite;
  }
}
