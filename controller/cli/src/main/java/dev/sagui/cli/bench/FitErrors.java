/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/** Predicted times beside measured ones. */
final class FitErrors {
  private final List<Double> predicted = new ArrayList<>();
  private final List<Double> measured = new ArrayList<>();

  void add(double prediction, double measurement) {
    predicted.add(prediction);
    measured.add(measurement);
  }

  int count() {
    return measured.size();
  }

  /** Of the absolute errors, as a share of what was measured. */
  double median() {
    List<Double> errors = new ArrayList<>();
    for (int i = 0; i < count(); i++) {
      errors.add(Math.abs(predicted.get(i) / measured.get(i) - 1));
    }
    Collections.sort(errors);
    return errors.isEmpty()
        ? Double.NaN
        : (errors.get((count() - 1) / 2) + errors.get(count() / 2)) / 2;
  }

  /** Whether it is known of two measurements which is less. */
  interface Order {
    boolean isKnown(int one, int other);
  }

  /**
   * Spearman's rank correlation; two of which no order is known are ties on both sides. Empty when
   * all are.
   */
  OptionalDouble rankCorrelation(Order order) {
    double[] a = ranks(predicted, order);
    double[] b = ranks(measured, order);
    double mean = (count() + 1) / 2.0;
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < count(); i++) {
      product += (a[i] - mean) * (b[i] - mean);
      squaresA += (a[i] - mean) * (a[i] - mean);
      squaresB += (b[i] - mean) * (b[i] - mean);
    }
    if (squaresB == 0) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(squaresA == 0 ? 0 : product / Math.sqrt(squaresA * squaresB));
  }

  /** From 1; a tie is half above and half below. */
  private static double[] ranks(List<Double> values, Order order) {
    double[] ranks = new double[values.size()];
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = 1;
      for (int j = 0; j < ranks.length; j++) {
        if (j != i) {
          double sign = order.isKnown(i, j) ? Double.compare(values.get(i), values.get(j)) : 0;
          ranks[i] += (1 + Math.signum(sign)) / 2;
        }
      }
    }
    return ranks;
  }
}
