/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import java.util.Arrays;

/**
 * Chooses which weights of a layer become zero: those of the least energy, alone or in the groups
 * of a pattern. Ties go to the first.
 */
final class Masks {
  private Masks() {}

  /**
   * @param energy what the loss of each weight costs, [rows, size]; 0 or more
   * @param byRow whether each row loses its share, else the layer as a whole
   * @return true for weights that become zero
   */
  static boolean[] of(float[] energy, int size, Pattern pattern, double ratio, boolean byRow) {
    return switch (pattern.kind()) {
      case SINGLE ->
          byRow ? rows(energy, size, ratio) : lowest(energy, round(ratio, energy.length));
      case N_OF_M -> groups(energy, pattern.second(), pattern.second() - pattern.first());
      case BLOCK, ROW -> blocks(energy, size, pattern, ratio);
    };
  }

  private static int round(double ratio, int count) {
    return (int) Math.round(ratio * count);
  }

  /** The layer has its share in all; a row may be one off. */
  private static boolean[] rows(float[] energy, int size, double ratio) {
    boolean[] zero = new boolean[energy.length];
    long done = 0;
    for (int from = 0; from < energy.length; from += size) {
      int count = (int) (Math.round(ratio * (from + size)) - done);
      done += count;
      mark(zero, energy, from, from + size, count);
    }
    return zero;
  }

  private static boolean[] groups(float[] energy, int of, int zeros) {
    boolean[] zero = new boolean[energy.length];
    for (int from = 0; from < energy.length; from += of) {
      mark(zero, energy, from, from + of, zeros);
    }
    return zero;
  }

  private static boolean[] blocks(float[] energy, int size, Pattern pattern, double ratio) {
    int height = pattern.first();
    int width = Math.min(pattern.second(), size);
    int across = (size + width - 1) / width;
    int rows = energy.length / size;
    float[] sums = new float[(rows + height - 1) / height * across];
    for (int i = 0; i < energy.length; i++) {
      sums[i / size / height * across + i % size / width] += energy[i];
    }
    boolean[] lowest = lowest(sums, round(ratio, sums.length));
    boolean[] zero = new boolean[energy.length];
    for (int i = 0; i < energy.length; i++) {
      zero[i] = lowest[i / size / height * across + i % size / width];
    }
    return zero;
  }

  /** The {@code count} lowest. */
  static boolean[] lowest(float[] energy, int count) {
    boolean[] zero = new boolean[energy.length];
    mark(zero, energy, 0, energy.length, count);
    return zero;
  }

  /** Marks the {@code count} lowest of {@code energy[from, to)}. */
  static void mark(boolean[] zero, float[] energy, int from, int to, int count) {
    if (count <= 0) {
      return;
    }
    long[] keys = new long[to - from];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = (long) Float.floatToIntBits(energy[from + i]) << 32 | i;
    }
    Arrays.sort(keys);
    for (int i = 0; i < count; i++) {
      zero[from + (int) keys[i]] = true;
    }
  }
}
