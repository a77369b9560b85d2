/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

/**
 * Real value = scale · (quantized − zero point).
 *
 * @param scale positive and normal
 * @param zeroPoint the quantized value that stands for 0
 */
public record Affine(float scale, int zeroPoint) {
  public Affine {
    if (!(scale >= Float.MIN_NORMAL && scale <= Float.MAX_VALUE)) {
      throw new IllegalStateException("a scale of " + scale + "; this is a bug");
    }
  }
}
