/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.InverseFactor;
import dev.sagui.quantize.gram.VectorLoops;
import dev.sagui.run.GramProduct;
import java.util.List;

/**
 * (H + λ D) with H the second moments of vectors x, or their covariance, and D its mean diagonal:
 * factored once, solved for many right sides.
 */
final class NormalEquations {
  /** Of the mean diagonal; a hundredth or a hundred times of it changes results by 0.4 dB. */
  static final double RIDGE = 1e-4;

  /** Rows that stay in the cache while they are added to all others. */
  private static final int CHUNK = 16;

  private final double[][] upper;

  private NormalEquations(double[][] upper) {
    this.upper = upper;
  }

  /**
   * @param matrix [size, size], symmetric
   */
  static NormalEquations of(double[][] matrix) {
    int size = matrix.length;
    double trace = 0;
    for (int i = 0; i < size; i++) {
      trace += matrix[i][i];
    }
    double ridge = RIDGE * trace / size + 1e-30;
    double[][] upper = ridged(matrix, ridge);
    while (!InverseFactor.replace(upper)) {
      ridge *= 100;
      if (!(ridge < Double.MAX_VALUE / 100)) {
        throw new IllegalArgumentException("moments are not finite");
      }
      upper = ridged(matrix, ridge);
    }
    return new NormalEquations(upper);
  }

  /** Adds to the diagonal what is added to solve. */
  static void addRidge(double[][] matrix) {
    double trace = 0;
    for (int i = 0; i < matrix.length; i++) {
      trace += matrix[i][i];
    }
    for (int i = 0; i < matrix.length; i++) {
      matrix[i][i] += RIDGE * trace / matrix.length + 1e-30;
    }
  }

  private static double[][] ridged(double[][] matrix, double ridge) {
    double[][] upper = new double[matrix.length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      System.arraycopy(matrix[i], i, upper[i], i, matrix.length - i);
      upper[i][i] += ridge;
    }
    return upper;
  }

  static InputGram moments(GramProduct product, List<float[]> rows, int size) {
    GramSum sum = GramSum.square(product, size);
    rows.forEach(sum::add);
    return sum.moments();
  }

  /** The covariance, or the second moments as they are. */
  static double[][] matrix(InputGram gram, boolean centred) {
    int size = gram.size();
    double[][] matrix = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double product = centred ? gram.mean()[i] * gram.mean()[j] : 0;
        matrix[i][j] = gram.second()[i * size + j] - product;
      }
    }
    return matrix;
  }

  /** The inverse times {@code right} [size, columns]. */
  double[][] solve(double[][] right) {
    int size = upper.length;
    double[][] half = new double[size][right[0].length];
    for (int i = 0; i < size; i++) {
      VectorLoops.subtract(half[i], negative(upper[i], i), 0, right, i, size, 0);
    }
    double[][] solved = new double[size][right[0].length];
    for (int k = 0; k < size; k++) {
      for (int i = k; i < size; i++) {
        add(solved[i], upper[k][i], half[k]);
      }
    }
    return solved;
  }

  /** The inverse itself, [size, size]. */
  double[][] inverse() {
    int size = upper.length;
    double[][] inverse = new double[size][size];
    for (int k = 0; k < size; k += CHUNK) {
      int last = Math.min(size, k + CHUNK);
      double[] factors = new double[last - k];
      for (int i = k; i < size; i++) {
        for (int r = k; r < last; r++) {
          factors[r - k] = -upper[r][i];
        }
        VectorLoops.subtract(inverse[i], factors, 0, upper, k, last, i);
      }
    }
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        inverse[i][j] = inverse[j][i];
      }
    }
    return inverse;
  }

  private static double[] negative(double[] row, int from) {
    double[] factors = new double[row.length - from];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = -row[from + i];
    }
    return factors;
  }

  private static void add(double[] into, double factor, double[] row) {
    for (int j = 0; j < into.length; j++) {
      into[j] += factor * row[j];
    }
  }
}
