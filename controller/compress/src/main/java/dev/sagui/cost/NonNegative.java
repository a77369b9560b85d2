/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cost;

/** Least squares of factors none of which is negative, by coordinate descent on the Gram matrix. */
public final class NonNegative {
  private static final int SWEEPS = 2000;
  private static final double SETTLED = 1e-10;

  private final double[][] gram;
  private final double[] moment;

  /**
   * @param size of each row
   */
  public NonNegative(int size) {
    this.gram = new double[size][size];
    this.moment = new double[size];
  }

  /** Wants the products of a row's numbers with the factors to add up to {@code wanted}. */
  public void add(double[] row, double wanted) {
    for (int i = 0; i < row.length; i++) {
      if (row[i] != 0) {
        for (int j = 0; j < row.length; j++) {
          gram[i][j] += row[i] * row[j];
        }
        moment[i] += row[i] * wanted;
      }
    }
  }

  /** Wants each factor near a number, as if a row said so with that weight. */
  public void pull(double toward, double weight) {
    for (int i = 0; i < moment.length; i++) {
      gram[i][i] += weight;
      moment[i] += weight * toward;
    }
  }

  /** The factors; 0 for those that no row names. */
  public double[] factors() {
    double[] factors = new double[moment.length];
    double moved = Double.POSITIVE_INFINITY;
    for (int sweep = 0; sweep < SWEEPS && moved > SETTLED; sweep++) {
      moved = 0;
      for (int j = 0; j < factors.length; j++) {
        if (gram[j][j] > 0) {
          double next = Math.max(0, factors[j] + slope(factors, j) / gram[j][j]);
          moved = Math.max(moved, Math.abs(next - factors[j]));
          factors[j] = next;
        }
      }
    }
    return factors;
  }

  private double slope(double[] factors, int j) {
    double slope = moment[j];
    for (int i = 0; i < factors.length; i++) {
      slope -= gram[j][i] * factors[i];
    }
    return slope;
  }
}
