/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

/**
 * Multinomial logistic regression: the sum of −ln p[class] over the samples plus half the squared
 * weights of standardized features, which is convex; by accelerated gradient descent with a step
 * that the largest eigenvalue of the moments bounds (Nesterov 1983; Böhning 1992).
 */
final class Logistic {
  private static final int ITERATIONS = 300;
  private static final int POWER_ITERATIONS = 30;
  private static final double PENALTY = 1;

  private final double[][] x;
  private final int[] labels;
  private final int classes;

  private Logistic(double[][] x, int[] labels, int classes) {
    this.x = x;
    this.labels = labels;
    this.classes = classes;
  }

  static LinearMap fit(Features features, int classes) {
    Moments moments = Moments.of(features);
    int width = features.width();
    double[][] x = new double[features.rows().size()][];
    for (int n = 0; n < x.length; n++) {
      x[n] = java.util.Arrays.copyOf(moments.standardized(features.rows().get(n)), width + 1);
      x[n][width] = 1;
    }
    int[] labels = features.labels().stream().mapToInt(Integer::intValue).toArray();
    double[][] weights = new Logistic(x, labels, classes).minimum();
    double[][] rows = new double[classes][];
    double[] bias = new double[classes];
    for (int c = 0; c < classes; c++) {
      rows[c] = java.util.Arrays.copyOf(weights[c], width);
      bias[c] = weights[c][width];
    }
    return moments.restored(rows, bias);
  }

  private double[][] minimum() {
    int width = x[0].length;
    double[][] now = new double[classes][width];
    double[][] ahead = new double[classes][width];
    double step = 1 / (0.5 * largestEigenvalue() + PENALTY);
    double pace = 1;
    for (int i = 0; i < ITERATIONS; i++) {
      double[][] slope = gradient(ahead);
      double next = (1 + Math.sqrt(1 + 4 * pace * pace)) / 2;
      double momentum = (pace - 1) / next;
      for (int c = 0; c < classes; c++) {
        for (int j = 0; j < width; j++) {
          double moved = ahead[c][j] - step * slope[c][j];
          ahead[c][j] = moved + momentum * (moved - now[c][j]);
          now[c][j] = moved;
        }
      }
      pace = next;
    }
    return now;
  }

  /** The bias, which stands last, is not penalized. */
  private double[][] gradient(double[][] weights) {
    int width = x[0].length;
    double[][] slope = new double[classes][width];
    for (int c = 0; c < classes; c++) {
      for (int j = 0; j < width - 1; j++) {
        slope[c][j] = PENALTY * weights[c][j];
      }
    }
    for (int n = 0; n < x.length; n++) {
      double[] p = probabilities(weights, x[n]);
      for (int c = 0; c < classes; c++) {
        Gram.add(slope[c], p[c] - (labels[n] == c ? 1 : 0), x[n]);
      }
    }
    return slope;
  }

  private static double[] probabilities(double[][] weights, double[] row) {
    double[] p = new double[weights.length];
    double most = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < p.length; c++) {
      p[c] = Gram.dot(weights[c], row);
      most = Math.max(most, p[c]);
    }
    double sum = 0;
    for (int c = 0; c < p.length; c++) {
      p[c] = Math.exp(p[c] - most);
      sum += p[c];
    }
    for (int c = 0; c < p.length; c++) {
      p[c] /= sum;
    }
    return p;
  }

  /** Of Xᵀ X, a little above it. */
  private double largestEigenvalue() {
    double[] vector = new double[x[0].length];
    java.util.Arrays.fill(vector, 1);
    double value = 0;
    for (int i = 0; i < POWER_ITERATIONS; i++) {
      double[] next = new double[vector.length];
      for (double[] row : x) {
        Gram.add(next, Gram.dot(row, vector), row);
      }
      value = Math.sqrt(Gram.dot(next, next));
      for (int j = 0; j < next.length; j++) {
        vector[j] = next[j] / Math.max(value, 1e-300);
      }
    }
    return 1.1 * value;
  }
}
