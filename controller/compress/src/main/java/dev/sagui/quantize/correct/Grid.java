/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.correct;

/**
 * The values that a row of weights may take: scale · (q − zero), q from low to high.
 *
 * @param scales one for each element of the row, so that blocks are possible
 * @param zeros one for each element
 */
public record Grid(float[] scales, int[] zeros, int low, int high) {
  float value(int element, int q) {
    return scales[element] * (q - zeros[element]);
  }

  /** The nearest integer on the grid. */
  public int nearest(int element, float weight) {
    return clamp((int) Math.rint((double) weight / scales[element]) + zeros[element]);
  }

  int clamp(int q) {
    return Math.max(low, Math.min(high, q));
  }
}
