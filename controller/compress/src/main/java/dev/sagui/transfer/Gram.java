/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

/** Products of small dense matrices, [rows][columns]. */
final class Gram {
  private Gram() {}

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static void add(double[] into, double factor, double[] row) {
    for (int i = 0; i < into.length; i++) {
      into[i] += factor * row[i];
    }
  }

  /** X Xᵀ. */
  static double[][] ofRows(double[][] x) {
    double[][] gram = new double[x.length][x.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j <= i; j++) {
        gram[i][j] = gram[j][i] = dot(x[i], x[j]);
      }
    }
    return gram;
  }

  /** Xᵀ X. */
  static double[][] ofColumns(double[][] x) {
    double[][] gram = new double[x[0].length][x[0].length];
    for (double[] row : x) {
      for (int i = 0; i < row.length; i++) {
        if (row[i] != 0) {
          add(gram[i], row[i], row);
        }
      }
    }
    return gram;
  }

  static double[][] product(double[][] a, double[][] b) {
    double[][] product = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        add(product[i], a[i][k], b[k]);
      }
    }
    return product;
  }
}
