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

  /**
   * Spearman's rank correlation; times within a share of each other are ties. Empty when all
   * measured ones are, 0 when all predicted ones are.
   */
  OptionalDouble rankCorrelation(double alike) {
    double[] a = ranks(predicted, alike);
    double[] b = ranks(measured, alike);
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

  /** From 1; the mean rank for those that are alike. */
  private static double[] ranks(List<Double> values, double alike) {
    double[] ranks = new double[values.size()];
    for (int i = 0; i < ranks.length; i++) {
      double below = 0;
      double same = 0;
      for (double other : values) {
        double ratio = other / values.get(i);
        if (ratio >= 1 - alike && ratio <= 1 + alike) {
          same++;
        } else if (ratio < 1) {
          below++;
        }
      }
      ranks[i] = below + (same + 1) / 2;
    }
    return ranks;
  }
}
