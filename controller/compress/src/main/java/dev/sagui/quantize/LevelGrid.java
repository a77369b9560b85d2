/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import java.util.Arrays;

/** The values, times a channel's scale, that stored levels stand for. */
interface LevelGrid {
  /**
   * @param value in steps of the scale
   */
  int nearest(double value);

  double value(int level);

  /** Whole numbers of two's complement: one more below zero than above. */
  record Uniform(int bits) implements LevelGrid {
    @Override
    public int nearest(double value) {
      int most = 1 << (bits - 1);
      return Math.max(-most, Math.min(most - 1, (int) Math.rint(value)));
    }

    @Override
    public double value(int level) {
      return level;
    }
  }

  static Uniform uniform(int bits) {
    return new Uniform(bits);
  }

  /**
   * Levels are indices of a table.
   *
   * @param values ascending
   */
  static Table table(float[] values) {
    float[] between = new float[values.length - 1];
    for (int i = 0; i < between.length; i++) {
      between[i] = (values[i] + values[i + 1]) / 2;
    }
    return new Table(values, between);
  }

  /**
   * Indices of a table.
   *
   * @param between the middle of each two values
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Table(float[] values, float[] between) implements LevelGrid {
    @Override
    public int nearest(double value) {
      int found = Arrays.binarySearch(between, (float) value);
      return found < 0 ? -found - 1 : found;
    }

    @Override
    public double value(int level) {
      return values[level];
    }
  }
}
