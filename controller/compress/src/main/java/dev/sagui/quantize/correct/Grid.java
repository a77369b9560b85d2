/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.correct;

import java.util.Arrays;

/**
 * The values that a row of weights may take: scale · (q − zero) for q from low to high, or scale
 * times the q-th value of a table.
 *
 * @param scales one for each element of the row, so that blocks are possible; positive for tables
 * @param zeros one for each element; none for tables
 * @param table ascending; empty for steps of one size
 */
public record Grid(float[] scales, int[] zeros, float[] table, int low, int high) {
  public Grid(float[] scales, int[] zeros, int low, int high) {
    this(scales, zeros, new float[0], low, high);
  }

  public static Grid table(float[] scales, float[] table) {
    return new Grid(scales, new int[0], table, 0, table.length - 1);
  }

  float value(int element, int q) {
    return scales[element] * (table.length == 0 ? q - zeros[element] : table[q]);
  }

  /** What the value changes by from one level to a neighbour; 0 where there is none. */
  double step(int element, int from, int direction) {
    int to = from + direction;
    if (to < low || to > high) {
      return 0;
    }
    return table.length == 0
        ? (double) direction * scales[element]
        : (double) scales[element] * (table[to] - table[from]);
  }

  /** The nearest level of the grid. */
  public int nearest(int element, float weight) {
    double steps = (double) weight / scales[element];
    return table.length == 0 ? clamp((int) Math.rint(steps) + zeros[element]) : nearest(steps);
  }

  private int nearest(double value) {
    int found = Arrays.binarySearch(table, (float) value);
    int above = found < 0 ? -found - 1 : found;
    if (above == 0 || above > high) {
      return clamp(above);
    }
    return table[above] - value < value - table[above - 1] ? above : above - 1;
  }

  int clamp(int q) {
    return Math.max(low, Math.min(high, q));
  }
}
