/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

/**
 * Scores of classes from features: w x + b.
 *
 * @param rows [classes, features]
 * @param bias [classes]
 */
@SuppressWarnings("ArrayRecordComponent") // of one package, never compared
record LinearMap(double[] rows, double[] bias) {
  int classes() {
    return bias.length;
  }

  int features() {
    return rows.length / bias.length;
  }

  double[] scores(float[] features) {
    double[] scores = bias.clone();
    for (int c = 0; c < scores.length; c++) {
      for (int i = 0; i < features.length; i++) {
        scores[c] += rows[c * features.length + i] * features[i];
      }
    }
    return scores;
  }

  static int best(double[] scores) {
    int best = 0;
    for (int c = 1; c < scores.length; c++) {
      best = scores[c] > scores[best] ? c : best;
    }
    return best;
  }
}
