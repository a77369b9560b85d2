/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import java.util.Optional;

/** The upper factor U of an inverse: H⁻¹ = U' U, [size, size], row by row. */
final class InverseFactor {
  private InverseFactor() {}

  /** Empty when H is not positive definite in float64, or not finite. */
  static Optional<double[]> of(double[] h, int size) {
    double[] upper = h.clone();
    return factor(upper, size) ? Optional.of(inverse(upper, size)) : Optional.empty();
  }

  /** H = R R' with R upper, from the last column on: Cholesky's factor of the reversed matrix. */
  private static boolean factor(double[] r, int size) {
    double floor = 0;
    for (int i = 0; i < size; i++) {
      floor = Math.max(floor, r[i * size + i] * 1e-13);
    }
    for (int k = size - 1; k >= 0; k--) {
      double pivot = r[k * size + k];
      if (!(pivot > floor) || pivot == Double.POSITIVE_INFINITY) {
        return false;
      }
      double root = Math.sqrt(pivot);
      double[] column = new double[k];
      for (int i = 0; i < k; i++) {
        column[i] = r[i * size + k] / root;
        r[i * size + k] = column[i];
      }
      r[k * size + k] = root;
      for (int i = 0; i < k; i++) {
        for (int j = i; j < k; j++) {
          r[i * size + j] -= column[i] * column[j];
        }
      }
    }
    return true;
  }

  /** U R = I, row by row: each row of U is a combination of the rows of R. */
  private static double[] inverse(double[] r, int size) {
    double[] u = new double[size * size];
    for (int i = 0; i < size; i++) {
      double[] rest = new double[size];
      rest[i] = 1;
      for (int k = i; k < size; k++) {
        double value = rest[k] / r[k * size + k];
        u[i * size + k] = value;
        for (int j = k + 1; j < size; j++) {
          rest[j] -= value * r[k * size + j];
        }
      }
    }
    return u;
  }
}
