/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.distribution;

import java.util.List;

/** Mean and standard deviation of each coordinate of a set of vectors. */
record Units(double[] mean, double[] deviation) {
  static Units of(List<float[]> vectors) {
    int size = vectors.get(0).length;
    double[] mean = new double[size];
    double[] deviation = new double[size];
    for (float[] vector : vectors) {
      for (int i = 0; i < size; i++) {
        mean[i] += vector[i] / vectors.size();
      }
    }
    for (float[] vector : vectors) {
      for (int i = 0; i < size; i++) {
        deviation[i] += (vector[i] - mean[i]) * (vector[i] - mean[i]) / vectors.size();
      }
    }
    for (int i = 0; i < size; i++) {
      deviation[i] = Math.sqrt(deviation[i]);
    }
    return new Units(mean, deviation);
  }

  /** Less the mean, over the deviation; a coordinate that hardly varies is left in its own unit. */
  double[][] applied(List<float[]> vectors) {
    double[][] applied = new double[vectors.size()][mean.length];
    for (int v = 0; v < applied.length; v++) {
      for (int i = 0; i < mean.length; i++) {
        double unit = deviation[i] > 1e-6 * Math.abs(mean[i]) + 1e-12 ? deviation[i] : 1;
        applied[v][i] = (vectors.get(v)[i] - mean[i]) / unit;
      }
    }
    return applied;
  }
}
