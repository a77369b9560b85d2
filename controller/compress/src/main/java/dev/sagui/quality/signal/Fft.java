/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.signal;

/**
 * Discrete Fourier transform of one length, in place: X[k] = Σ x[n] · exp(−2πi·kn/N), unscaled.
 *
 * <p>Powers of two by radix 2 (Cooley, Tukey 1965), other lengths by Bluestein's chirp convolution
 * (1970), both O(N log N). Holds scratch memory: one thread at a time.
 */
public final class Fft {
  private final int size;
  private final double[] cos;
  private final double[] sin;
  private final double[] chirpRe;
  private final double[] chirpIm;
  private final double[] filterRe;
  private final double[] filterIm;

  /**
   * @param size N, at least 1
   */
  public Fft(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("expected a length of 1 or more, got " + size);
    }
    this.size = size;
    boolean radix2 = Integer.bitCount(size) == 1;
    int inner = radix2 ? size : Integer.highestOneBit(2 * size) * 2;
    cos = new double[inner / 2];
    sin = new double[inner / 2];
    for (int i = 0; i < inner / 2; i++) {
      cos[i] = Math.cos(2 * Math.PI * i / inner);
      sin[i] = Math.sin(2 * Math.PI * i / inner);
    }
    chirpRe = new double[radix2 ? 0 : size];
    chirpIm = new double[radix2 ? 0 : size];
    filterRe = new double[radix2 ? 0 : inner];
    filterIm = new double[radix2 ? 0 : inner];
    if (!radix2) {
      prepareChirp(inner);
    }
  }

  /** The chirp exp(−πi·n²/N), and the transform of its conjugate as a circular filter. */
  private void prepareChirp(int inner) {
    for (int n = 0; n < size; n++) {
      double angle = Math.PI * ((long) n * n % (2L * size)) / size;
      chirpRe[n] = Math.cos(angle);
      chirpIm[n] = -Math.sin(angle);
      filterRe[n] = chirpRe[n];
      filterIm[n] = -chirpIm[n];
      if (n > 0) {
        filterRe[inner - n] = filterRe[n];
        filterIm[inner - n] = filterIm[n];
      }
    }
    radix2(filterRe, filterIm);
  }

  /** N. */
  public int size() {
    return size;
  }

  /**
   * Transforms.
   *
   * @param re real parts [N]
   * @param im imaginary parts [N]
   */
  public void transform(double[] re, double[] im) {
    if (chirpRe.length == 0) {
      radix2(re, im);
    } else {
      bluestein(re, im);
    }
  }

  private void bluestein(double[] re, double[] im) {
    int inner = filterRe.length;
    double[] a = new double[inner];
    double[] b = new double[inner];
    for (int n = 0; n < size; n++) {
      a[n] = re[n] * chirpRe[n] - im[n] * chirpIm[n];
      b[n] = re[n] * chirpIm[n] + im[n] * chirpRe[n];
    }
    radix2(a, b);
    for (int k = 0; k < inner; k++) {
      double product = a[k] * filterRe[k] - b[k] * filterIm[k];
      // the conjugate, so that a second forward transform is the inverse of the first
      b[k] = -(a[k] * filterIm[k] + b[k] * filterRe[k]);
      a[k] = product;
    }
    radix2(a, b);
    for (int k = 0; k < size; k++) {
      double x = a[k] / inner;
      double y = -b[k] / inner;
      re[k] = x * chirpRe[k] - y * chirpIm[k];
      im[k] = x * chirpIm[k] + y * chirpRe[k];
    }
  }

  private void radix2(double[] re, double[] im) {
    int n = re.length;
    swapBitReversed(re, im);
    for (int half = 1; half < n; half *= 2) {
      int stride = n / (2 * half);
      for (int start = 0; start < n; start += 2 * half) {
        for (int k = 0; k < half; k++) {
          int top = start + k;
          int low = top + half;
          double c = cos[k * stride];
          double s = sin[k * stride];
          double x = re[low] * c + im[low] * s;
          double y = im[low] * c - re[low] * s;
          re[low] = re[top] - x;
          im[low] = im[top] - y;
          re[top] += x;
          im[top] += y;
        }
      }
    }
  }

  private static void swapBitReversed(double[] re, double[] im) {
    int n = re.length;
    for (int i = 1, j = 0; i < n; i++) {
      int bit = n >> 1;
      while ((j & bit) != 0) {
        j ^= bit;
        bit >>= 1;
      }
      j |= bit;
      if (i < j) {
        double x = re[i];
        double y = im[i];
        re[i] = re[j];
        im[i] = im[j];
        re[j] = x;
        im[j] = y;
      }
    }
  }
}
