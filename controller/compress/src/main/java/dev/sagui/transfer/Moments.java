/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

/**
 * Features brought to mean 0 and variance 1, as closed forms want them; a map of standardized
 * features is written back as one of the features themselves.
 */
@SuppressWarnings("ArrayRecordComponent") // of one package, never compared
record Moments(double[] mean, double[] deviation) {
  static Moments of(Features features) {
    int width = features.width();
    double[] mean = new double[width];
    double[] deviation = new double[width];
    for (float[] row : features.rows()) {
      for (int i = 0; i < width; i++) {
        mean[i] += row[i] / (double) features.rows().size();
      }
    }
    for (float[] row : features.rows()) {
      for (int i = 0; i < width; i++) {
        double gap = row[i] - mean[i];
        deviation[i] += gap * gap / features.rows().size();
      }
    }
    for (int i = 0; i < width; i++) {
      deviation[i] = deviation[i] > 1e-12 ? Math.sqrt(deviation[i]) : 1;
    }
    return new Moments(mean, deviation);
  }

  double[] standardized(float[] row) {
    double[] out = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      out[i] = (row[i] - mean[i]) / deviation[i];
    }
    return out;
  }

  /**
   * @param rows [classes][features], of standardized features
   */
  LinearMap restored(double[][] rows, double[] bias) {
    int width = mean.length;
    double[] flat = new double[rows.length * width];
    double[] shifted = bias.clone();
    for (int c = 0; c < rows.length; c++) {
      for (int i = 0; i < width; i++) {
        flat[c * width + i] = rows[c][i] / deviation[i];
        shifted[c] -= flat[c * width + i] * mean[i];
      }
    }
    return new LinearMap(flat, shifted);
  }
}
