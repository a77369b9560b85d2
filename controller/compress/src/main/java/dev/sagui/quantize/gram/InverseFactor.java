/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import java.util.Arrays;

/**
 * The upper factor U of an inverse: H⁻¹ = U' U. Columns of Cholesky's factor and rows of its
 * inverse are taken in blocks of {@value #BLOCK}, so that a matrix larger than the caches is gone
 * through seldom.
 */
public final class InverseFactor {
  private static final int BLOCK = 32;

  /** Rows of the inverse that stay in the cache while they are added to a block. */
  private static final int CHUNK = 16;

  private final double[][] h;
  private final int size;

  private InverseFactor(double[][] h) {
    this.h = h;
    this.size = h.length;
  }

  /**
   * @param h [size, size], the upper triangle, with zeros below; becomes U
   * @return false when H is not positive definite in float64, or not finite; it is of no use then
   */
  public static boolean replace(double[][] h) {
    InverseFactor inverse = new InverseFactor(h);
    if (!inverse.factor()) {
      return false;
    }
    inverse.invert();
    return true;
  }

  /** H = R R' with R upper, from the last column on: Cholesky's factor of the reversed matrix. */
  private boolean factor() {
    double floor = 0;
    for (int i = 0; i < size; i++) {
      floor = Math.max(floor, h[i][i] * 1e-13);
    }
    for (int to = size; to > 0; to -= BLOCK) {
      int from = Math.max(0, to - BLOCK);
      double[][] columns = columns(from, to);
      if (!factor(columns, from, floor)) {
        return false;
      }
      for (int i = 0; i < to; i++) {
        for (int k = Math.max(i, from); k < to; k++) {
          h[i][k] = columns[k - from][i];
        }
      }
      Workers.forEach(from, size, i -> subtract(columns, i));
    }
    return true;
  }

  /** Columns of the upper triangle down to the diagonal of the last. */
  private double[][] columns(int from, int to) {
    double[][] columns = new double[to - from][to];
    for (int i = 0; i < to; i++) {
      for (int k = Math.max(i, from); k < to; k++) {
        columns[k - from][i] = h[i][k];
      }
    }
    return columns;
  }

  private static boolean factor(double[][] columns, int from, double floor) {
    for (int c = columns.length - 1; c >= 0; c--) {
      double[] column = columns[c];
      int k = from + c;
      double pivot = column[k];
      if (!(pivot > floor) || pivot == Double.POSITIVE_INFINITY) {
        return false;
      }
      double root = Math.sqrt(pivot);
      for (int i = 0; i < k; i++) {
        column[i] /= root;
      }
      column[k] = root;
      for (int j = 0; j < c; j++) {
        VectorLoops.one(columns[j], column[from + j], column, 0, from + j + 1);
      }
    }
    return true;
  }

  /** Takes a block of columns from what row i has left of it. */
  private void subtract(double[][] columns, int i) {
    double[] factors = new double[columns.length];
    for (int k = 0; k < factors.length; k++) {
      factors[k] = columns[k][i];
    }
    double[] rest = Arrays.copyOfRange(h[i], 0, columns[0].length - columns.length);
    VectorLoops.subtract(rest, factors, 0, columns, 0, columns.length, i);
    System.arraycopy(rest, i, h[i], i, rest.length - i);
  }

  /** U R = I, from the last row up: each row of U is a combination of those below it. */
  private void invert() {
    for (int to = size; to > 0; to -= BLOCK) {
      int end = to;
      int from = Math.max(0, to - BLOCK);
      double[][] r = new double[to - from][];
      for (int i = from; i < to; i++) {
        r[i - from] = h[i].clone();
        Arrays.fill(h[i], 0);
      }
      int parts = Workers.parts(r.length, size);
      Workers.forEach(parts, size, part -> below(r, from, end, part, parts));
      for (int i = to - 1; i >= from; i--) {
        double[] row = r[i - from];
        VectorLoops.subtract(h[i], row, i + 1, h, i + 1, to, i + 1);
        for (int j = i + 1; j < size; j++) {
          h[i][j] /= row[i];
        }
        h[i][i] = 1 / row[i];
      }
    }
  }

  /** Adds the rows below a block to every so many of its rows. */
  private void below(double[][] r, int from, int to, int part, int parts) {
    for (int k = to; k < size; k += CHUNK) {
      int last = Math.min(size, k + CHUNK);
      for (int i = part; i < r.length; i += parts) {
        VectorLoops.subtract(h[from + i], r[i], k, h, k, last, k);
      }
    }
  }
}
