/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

/**
 * Structural similarity (Wang et al. 2004) with uniform 8×8 windows at every fourth pixel in place
 * of the 11×11 Gaussian at every pixel.
 */
final class Ssim {
  private static final int WINDOW = 8;
  private static final int STRIDE = 4;

  private final double c1;
  private final double c2;
  private double sum;
  private long windows;

  Ssim(double peak) {
    c1 = Math.pow(0.01 * peak, 2);
    c2 = Math.pow(0.03 * peak, 2);
  }

  /**
   * Adds one plane of two images.
   *
   * @param from first element of the plane
   * @param step between neighbours in a row; a row has {@code width · step} elements
   */
  void add(float[] a, float[] b, int from, int height, int width, int step) {
    int window = Math.min(WINDOW, Math.min(height, width));
    for (int y = 0; y + window <= height; y += STRIDE) {
      for (int x = 0; x + window <= width; x += STRIDE) {
        sum += window(a, b, from + (y * width + x) * step, width * step, step, window);
        windows++;
      }
    }
  }

  private double window(float[] a, float[] b, int from, int row, int step, int window) {
    double sa = 0;
    double sb = 0;
    double saa = 0;
    double sbb = 0;
    double sab = 0;
    for (int y = 0; y < window; y++) {
      for (int x = 0; x < window; x++) {
        double va = a[from + y * row + x * step];
        double vb = b[from + y * row + x * step];
        sa += va;
        sb += vb;
        saa += va * va;
        sbb += vb * vb;
        sab += va * vb;
      }
    }
    double n = (double) window * window;
    double ma = sa / n;
    double mb = sb / n;
    double variances = saa / n - ma * ma + sbb / n - mb * mb;
    double covariance = sab / n - ma * mb;
    return (2 * ma * mb + c1)
        * (2 * covariance + c2)
        / ((ma * ma + mb * mb + c1) * (variances + c2));
  }

  double mean() {
    return windows == 0 ? Double.NaN : sum / windows;
  }
}
