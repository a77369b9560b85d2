/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

/** Sums of x and x x' over vectors x of {@code size} numbers, in float64. */
final class Moments {
  /** Vectors that share one pass over the matrix. */
  static final int BLOCK = 32;

  private final int size;

  /** The upper triangle, row by row. */
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
    int vectors = filled;
    for (int k = 0; k < vectors; k++) {
      for (int j = 0; j < size; j++) {
        sums[j] += block[k][j];
      }
    }
    int parts = Workers.parts(size, size);
    Workers.forEach(parts, size, part -> add(vectors, part, parts));
    filled = 0;
  }

  /** Every so many rows of the upper triangle. */
  private void add(int vectors, int part, int parts) {
    double[] factors = new double[vectors];
    double[] row = new double[size];
    for (int i = part; i < size; i += parts) {
      int at = i * size;
      System.arraycopy(products, at + i, row, i, size - i);
      for (int k = 0; k < vectors; k++) {
        factors[k] = -block[k][i];
      }
      VectorLoops.subtract(row, factors, 0, block, 0, vectors, i);
      System.arraycopy(row, i, products, at + i, size - i);
    }
  }

  /** The means over all vectors so far; nothing can be added after. */
  InputGram finish() {
    flush();
    double[] mean = new double[size];
    double each = 1.0 / Math.max(1, count);
    for (int i = 0; i < size; i++) {
      mean[i] = sums[i] * each;
      for (int j = i; j < size; j++) {
        products[i * size + j] *= each;
        products[j * size + i] = products[i * size + j];
      }
    }
    return new InputGram(size, products, mean, count);
  }
}
