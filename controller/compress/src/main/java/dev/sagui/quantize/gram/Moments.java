/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

/** Sums of x and x x' over vectors x of {@code size} numbers, in float64. */
final class Moments {
  /** Vectors that share one pass over the matrix. */
  static final int BLOCK = 8;

  private final int size;
  private final double[] products;
  private final double[] sums;
  private final double[][] block;
  private int filled;
  private long count;

  Moments(int size) {
    this.size = size;
    this.products = new double[Math.multiplyExact(size, size)];
    this.sums = new double[size];
    this.block = new double[BLOCK][size];
  }

  /** Where the next vector goes; {@link #added} counts it. */
  double[] next() {
    return block[filled];
  }

  void added() {
    count++;
    if (++filled == BLOCK) {
      flush();
    }
  }

  long count() {
    return count;
  }

  private void flush() {
    for (int k = filled; k < BLOCK; k++) {
      java.util.Arrays.fill(block[k], 0);
    }
    for (int k = 0; k < filled; k++) {
      for (int j = 0; j < size; j++) {
        sums[j] += block[k][j];
      }
    }
    for (int i = 0; i < size; i++) {
      addRow(i);
    }
    filled = 0;
  }

  /** Row i of the upper triangle; the sum of eight products is one vectorized loop. */
  private void addRow(int i) {
    double[] p = block[0];
    double[] q = block[1];
    double[] r = block[2];
    double[] s = block[3];
    double[] t = block[4];
    double[] u = block[5];
    double[] v = block[6];
    double[] w = block[7];
    int base = i * size;
    for (int j = i; j < size; j++) {
      products[base + j] +=
          p[i] * p[j]
              + q[i] * q[j]
              + r[i] * r[j]
              + s[i] * s[j]
              + t[i] * t[j]
              + u[i] * u[j]
              + v[i] * v[j]
              + w[i] * w[j];
    }
  }

  /** The means over all vectors so far. */
  InputGram finish() {
    flush();
    double[] second = new double[products.length];
    double[] mean = new double[size];
    double each = 1.0 / Math.max(1, count);
    for (int i = 0; i < size; i++) {
      mean[i] = sums[i] * each;
      for (int j = i; j < size; j++) {
        second[i * size + j] = products[i * size + j] * each;
        second[j * size + i] = second[i * size + j];
      }
    }
    return new InputGram(size, second, mean, count);
  }
}
