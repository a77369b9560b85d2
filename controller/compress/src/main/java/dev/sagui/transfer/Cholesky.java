/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

/** Inverses of symmetric positive matrices. */
final class Cholesky {
  private Cholesky() {}

  /**
   * (A + λ)⁻¹, by the factor L with L Lᵀ = A + λ.
   *
   * @param matrix A, [size][size]
   * @param ridge λ, above 0
   */
  static double[][] inverse(double[][] matrix, double ridge) {
    int size = matrix.length;
    double[][] lower = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = matrix[i][j] + (i == j ? ridge : 0);
        for (int k = 0; k < j; k++) {
          sum -= lower[i][k] * lower[j][k];
        }
        lower[i][j] = i == j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / lower[j][j];
      }
    }
    double[][] inverse = new double[size][];
    for (int c = 0; c < size; c++) {
      inverse[c] = solved(lower, c);
    }
    return inverse;
  }

  /** Column c of the inverse. */
  private static double[] solved(double[][] lower, int c) {
    int size = lower.length;
    double[] x = new double[size];
    x[c] = 1;
    for (int i = c; i < size; i++) {
      for (int k = c; k < i; k++) {
        x[i] -= lower[i][k] * x[k];
      }
      x[i] /= lower[i][i];
    }
    for (int i = size - 1; i >= 0; i--) {
      x[i] /= lower[i][i];
      for (int k = 0; k < i; k++) {
        x[k] -= lower[i][k] * x[i];
      }
    }
    return x;
  }
}
