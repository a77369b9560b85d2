/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.linear.Cholesky;
import java.util.List;

/**
 * Ridge regression of one-hot classes on features, in its dual form: for n samples a matrix of n ×
 * n, however many features there are. The penalty is the one with the least exact leave-one-out
 * error (Allen's PRESS), which takes no held-out samples.
 */
final class Ridge {
  /** Times the number of features. */
  private static final double[] PENALTIES = {1e-3, 1e-2, 0.1, 1, 10, 100};

  /** Above which the matrix is one of features instead. */
  static final int MOST_SAMPLES = 4000;

  private Ridge() {}

  /**
   * @param classes that there are; labels are below
   */
  static LinearMap fit(Features features, int classes) {
    Moments moments = Moments.of(features);
    double[][] x = features.rows().stream().map(moments::standardized).toArray(double[][]::new);
    double[] share = new double[classes];
    features.labels().forEach(label -> share[label] += 1.0 / features.labels().size());
    double[][] y = targets(features.labels(), share);
    boolean dual = x.length <= features.width();
    double[][] gram = dual ? Gram.ofRows(x) : Gram.ofColumns(x);
    double least = Double.POSITIVE_INFINITY;
    double[][] best = {};
    for (double penalty : PENALTIES) {
      double[][] inverse = Cholesky.inverse(gram, penalty * features.width());
      double[][] rows = dual ? fromDual(x, y, inverse) : fromPrimal(x, y, inverse);
      double error = dual ? pressDual(y, inverse) : pressPrimal(x, y, rows, inverse);
      if (error < least) {
        least = error;
        best = rows;
      }
    }
    return moments.restored(best, share);
  }

  /** One-hot minus the mean: the features have mean 0 too, so the bias is that mean. */
  private static double[][] targets(List<Integer> labels, double[] share) {
    double[][] y = new double[labels.size()][share.length];
    for (int i = 0; i < y.length; i++) {
      for (int c = 0; c < share.length; c++) {
        y[i][c] = (labels.get(i) == c ? 1 : 0) - share[c];
      }
    }
    return y;
  }

  /** W = Yᵀ (X Xᵀ + λ)⁻¹ X. */
  private static double[][] fromDual(double[][] x, double[][] y, double[][] inverse) {
    double[][] weights = new double[y[0].length][x[0].length];
    double[][] solved = Gram.product(inverse, y);
    for (int n = 0; n < x.length; n++) {
      for (int c = 0; c < weights.length; c++) {
        Gram.add(weights[c], solved[n][c], x[n]);
      }
    }
    return weights;
  }

  /** W = Yᵀ X (Xᵀ X + λ)⁻¹. */
  private static double[][] fromPrimal(double[][] x, double[][] y, double[][] inverse) {
    double[][] sums = new double[y[0].length][x[0].length];
    for (int n = 0; n < x.length; n++) {
      for (int c = 0; c < sums.length; c++) {
        Gram.add(sums[c], y[n][c], x[n]);
      }
    }
    return Gram.product(sums, inverse);
  }

  /** Σ (α / (K⁻¹) diagonal)², with α = K⁻¹ Y. */
  private static double pressDual(double[][] y, double[][] inverse) {
    double[][] solved = Gram.product(inverse, y);
    double sum = 0;
    for (int n = 0; n < y.length; n++) {
      for (double value : solved[n]) {
        sum += value / inverse[n][n] * (value / inverse[n][n]);
      }
    }
    return sum;
  }

  /** Σ (residual / (1 − leverage))². */
  private static double pressPrimal(
      double[][] x, double[][] y, double[][] rows, double[][] inverse) {
    double sum = 0;
    for (int n = 0; n < x.length; n++) {
      double leverage = 0;
      for (int i = 0; i < inverse.length; i++) {
        leverage += x[n][i] * Gram.dot(inverse[i], x[n]);
      }
      for (int c = 0; c < rows.length; c++) {
        double gap = (y[n][c] - Gram.dot(rows[c], x[n])) / Math.max(1e-9, 1 - leverage);
        sum += gap * gap;
      }
    }
    return sum;
  }
}
