/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.image;

import java.util.Arrays;

/**
 * Multi-scale structural similarity (Wang, Simoncelli, Bovik 2003): contrast · structure at each
 * scale but the coarsest, SSIM there, to the published powers; each scale halves the last by 2×2
 * means.
 *
 * <p>As many of the five scales as leave 11 pixels on the shorter side; the powers of these are
 * scaled to add up to 1. Negative terms count as 0.
 *
 * @param value 0 to 1
 * @param ssim of the finest scale alone, which is SSIM
 */
public record MsSsim(double value, double ssim) {
  private static final double[] POWERS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

  /** Scales that a picture of this size has; at least 1. */
  public static int scales(int height, int width) {
    int scales = 1;
    int side = Math.min(height, width);
    while (scales < POWERS.length && side / 2 >= Ssim.WINDOW) {
      side /= 2;
      scales++;
    }
    return scales;
  }

  /** The power of each scale that a picture of this size has, the finest first; their sum is 1. */
  public static double[] powers(int height, int width) {
    double[] powers = Arrays.copyOf(POWERS, scales(height, width));
    double total = Arrays.stream(powers).sum();
    return Arrays.stream(powers).map(power -> power / total).toArray();
  }

  /** As {@link Ssim#of}. */
  public static MsSsim of(float[] a, float[] b, int height, int width, double peak) {
    double[] powers = powers(height, width);
    int scales = powers.length;
    double product = 1;
    double finest = 0;
    float[] x = a;
    float[] y = b;
    for (int i = 0; i < scales; i++) {
      Ssim ssim = Ssim.of(x, y, height >> i, width >> i, peak);
      finest = i == 0 ? ssim.mean() : finest;
      double term = i == scales - 1 ? ssim.mean() : ssim.contrast();
      product *= Math.pow(Math.max(0, term), powers[i]);
      if (i < scales - 1) {
        x = halved(x, height >> i, width >> i);
        y = halved(y, height >> i, width >> i);
      }
    }
    return new MsSsim(product, finest);
  }

  /** Means of 2×2 pixels; an odd last row or column is left out. */
  static float[] halved(float[] plane, int height, int width) {
    int columns = width / 2;
    float[] half = new float[height / 2 * columns];
    for (int i = 0; i < half.length; i++) {
      int at = 2 * (i / columns) * width + 2 * (i % columns);
      half[i] = (plane[at] + plane[at + 1] + plane[at + width] + plane[at + width + 1]) / 4;
    }
    return half;
  }
}
