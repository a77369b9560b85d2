/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.linear;

/**
 * The lower factor L of a matrix L L' that may be singular.
 *
 * @param lower [size, size]; columns that depend on others are zero
 */
@SuppressWarnings("ArrayRecordComponent")
public record Cholesky(double[][] lower) {
  /**
   * @param matrix [size, size], symmetric and not negative
   */
  public static Cholesky of(double[][] matrix) {
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
    return new Cholesky(lower);
  }

  /**
   * (A + λ)⁻¹.
   *
   * @param matrix A, [size, size], symmetric and not negative
   * @param ridge λ, above 0
   */
  public static double[][] inverse(double[][] matrix, double ridge) {
    int size = matrix.length;
    double[][] sum = new double[size][];
    double[][] unit = new double[size][size];
    for (int i = 0; i < size; i++) {
      sum[i] = matrix[i].clone();
      sum[i][i] += ridge;
      unit[i][i] = 1;
    }
    return of(sum).solved(unit);
  }

  /** The inverse times {@code right}, which is overwritten; zero in rows that depend on others. */
  public double[][] solved(double[][] right) {
    int size = lower.length;
    for (int i = 0; i < size; i++) {
      for (int k = 0; k < i; k++) {
        subtract(right[i], lower[i][k], right[k]);
      }
      scale(right[i], inverted(i));
    }
    for (int i = size - 1; i >= 0; i--) {
      for (int k = i + 1; k < size; k++) {
        subtract(right[i], lower[k][i], right[k]);
      }
      scale(right[i], inverted(i));
    }
    return right;
  }

  private double inverted(int pivot) {
    return lower[pivot][pivot] == 0 ? 0 : 1 / lower[pivot][pivot];
  }

  private static void subtract(double[] into, double factor, double[] row) {
    for (int j = 0; j < into.length; j++) {
      into[j] -= factor * row[j];
    }
  }

  private static void scale(double[] row, double factor) {
    for (int j = 0; j < row.length; j++) {
      row[j] *= factor;
    }
  }

  public static double dot(double[] a, double[] b) {
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
