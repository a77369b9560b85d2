/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

/** A small positive definite matrix, factored by Cholesky's method. */
final class Definite {
  private final double[][] lower;

  Definite(double[][] matrix) {
    int size = matrix.length;
    this.lower = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = matrix[i][j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i][k] * lower[j][k];
        }
        lower[i][j] =
            i == j ? Math.sqrt(Math.max(sum, 1e-12 * matrix[i][i] + 1e-300)) : sum / lower[j][j];
      }
    }
  }

  /** The inverse times {@code right}, which is overwritten. */
  double[][] solved(double[][] right) {
    int size = lower.length;
    for (int i = 0; i < size; i++) {
      for (int k = 0; k < i; k++) {
        subtract(right[i], lower[i][k], right[k]);
      }
      scale(right[i], 1 / lower[i][i]);
    }
    for (int i = size - 1; i >= 0; i--) {
      for (int k = i + 1; k < size; k++) {
        subtract(right[i], lower[k][i], right[k]);
      }
      scale(right[i], 1 / lower[i][i]);
    }
    return right;
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
}
