/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.image;

/**
 * Structural similarity of two planes (Wang, Bovik, Sheikh, Simoncelli 2004): an 11×11 Gaussian
 * window of standard deviation 1.5 at every pixel where it lies inside, K1 = 0.01, K2 = 0.03.
 *
 * <p>Where a side is shorter than 11, the window is the largest odd size that fits and its standard
 * deviation shrinks in proportion.
 *
 * @param mean of SSIM over all window positions; 1 for equal planes, and never more
 * @param contrast mean of the contrast · structure term alone, which MS-SSIM takes
 */
public record Ssim(double mean, double contrast) {
  static final int WINDOW = 11;
  private static final double SIGMA = 1.5;

  /**
   * @param a [height, width], row-major
   * @param b as {@code a}
   * @param peak span of the nominal range, e.g. 1, 2 or 255
   */
  public static Ssim of(float[] a, float[] b, int height, int width, double peak) {
    double[] window = window(Math.min(height, width));
    double[][] moments = moments(a, b);
    for (int i = 0; i < moments.length; i++) {
      moments[i] = filter(moments[i], height, width, window);
    }
    double c1 = luminanceConstant(peak);
    double c2 = contrastConstant(peak);
    double ssim = 0;
    double contrast = 0;
    int count = moments[0].length;
    for (int i = 0; i < count; i++) {
      double ma = moments[0][i];
      double mb = moments[1][i];
      double variances = moments[2][i] - ma * ma + moments[3][i] - mb * mb;
      double covariance = moments[4][i] - ma * mb;
      double cs = (2 * covariance + c2) / (variances + c2);
      contrast += cs;
      ssim += cs * (2 * ma * mb + c1) / (ma * ma + mb * mb + c1);
    }
    return new Ssim(ssim / count, contrast / count);
  }

  /** a, b, a², b², ab. */
  private static double[][] moments(float[] a, float[] b) {
    double[][] moments = new double[5][a.length];
    for (int i = 0; i < a.length; i++) {
      moments[0][i] = a[i];
      moments[1][i] = b[i];
      moments[2][i] = (double) a[i] * a[i];
      moments[3][i] = (double) b[i] * b[i];
      moments[4][i] = (double) a[i] * b[i];
    }
    return moments;
  }

  /** C1 of the paper, (K1 · peak)². */
  public static double luminanceConstant(double peak) {
    return Math.pow(0.01 * peak, 2);
  }

  /** C2 of the paper, (K2 · peak)². */
  public static double contrastConstant(double peak) {
    return Math.pow(0.03 * peak, 2);
  }

  /** Weights of the window along one axis, which add up to 1. */
  public static double[] window(int shortSide) {
    int size = Math.min(WINDOW, shortSide - (shortSide + 1) % 2);
    double sigma = SIGMA * size / WINDOW;
    double[] window = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double offset = i - (size - 1) / 2.0;
      window[i] = Math.exp(-offset * offset / (2 * sigma * sigma));
      sum += window[i];
    }
    for (int i = 0; i < size; i++) {
      window[i] /= sum;
    }
    return window;
  }

  /** Separable and without padding: [height, width] to [height − n + 1, width − n + 1]. */
  private static double[] filter(double[] plane, int height, int width, double[] window) {
    int columns = width - window.length + 1;
    int rows = height - window.length + 1;
    double[] across = new double[height * columns];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < columns; x++) {
        double sum = 0;
        for (int k = 0; k < window.length; k++) {
          sum += window[k] * plane[y * width + x + k];
        }
        across[y * columns + x] = sum;
      }
    }
    double[] both = new double[rows * columns];
    for (int y = 0; y < rows; y++) {
      for (int k = 0; k < window.length; k++) {
        for (int x = 0; x < columns; x++) {
          both[y * columns + x] += window[k] * across[(y + k) * columns + x];
        }
      }
    }
    return both;
  }
}
