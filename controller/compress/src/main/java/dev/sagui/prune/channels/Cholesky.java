/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

/** The lower factor L of a matrix L L' that may be singular. */
final class Cholesky {
  private Cholesky() {}

  /**
   * @param matrix [size, size], symmetric and not negative
   * @return [size, size]; columns that depend on others are zero
   */
  static double[][] of(double[][] matrix) {
    int size = matrix.length;
    double[][] lower = new double[size][size];
    for (int i = 0; i < size; i++) {
      double[] row = lower[i];
      for (int j = 0; j < i; j++) {
        double pivot = lower[j][j];
        row[j] = pivot == 0 ? 0 : (matrix[i][j] - dot(row, lower[j], j)) / pivot;
      }
      double rest = matrix[i][i] - dot(row, row, i);
      row[i] = rest > 1e-12 * matrix[i][i] ? Math.sqrt(rest) : 0;
    }
    return lower;
  }

  static double dot(double[] a, double[] b) {
    return dot(a, b, a.length);
  }

  /** In four sums, so that no addition waits for the one before it. */
  private static double dot(double[] a, double[] b, int length) {
    double p = 0;
    double q = 0;
    double r = 0;
    double s = 0;
    int k = 0;
    for (; k + 4 <= length; k += 4) {
      p += a[k] * b[k];
      q += a[k + 1] * b[k + 1];
      r += a[k + 2] * b[k + 2];
      s += a[k + 3] * b[k + 3];
    }
    for (; k < length; k++) {
      p += a[k] * b[k];
    }
    return p + q + r + s;
  }
}
