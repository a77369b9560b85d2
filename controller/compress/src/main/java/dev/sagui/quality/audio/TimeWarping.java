/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.audio;

import java.util.Arrays;

/**
 * Dynamic time warping of two log-mel spectrograms (Sakoe, Chiba 1978): the frames of both are
 * brought together in order, each frame one or more times, at the least total difference. What it
 * leaves is a difference of sound, not of timing.
 *
 * <p>Steps of (1, 1), (1, 0) and (0, 1) cost alike; frames further apart than a tenth of the longer
 * spectrogram, or ten frames, are not brought together. Memory is that of two rows.
 */
public final class TimeWarping {
  private static final int MIN_BAND = 10;
  private static final double BAND = 0.1;

  private TimeWarping() {}

  /** Mean absolute difference along the best path, nepers; 0 for equal spectrograms. */
  public static double distance(double[][] a, double[][] b) {
    double slope = (double) b.length / a.length;
    double band = Math.max(MIN_BAND, BAND * Math.max(a.length, b.length));
    double[] cost = new double[b.length];
    double[] steps = new double[b.length];
    for (int i = 0; i < a.length; i++) {
      double[] costBefore = cost;
      double[] stepsBefore = steps;
      cost = filled(b.length);
      steps = new double[b.length];
      int from = (int) Math.max(0, Math.floor(i * slope - band));
      int to = (int) Math.min(b.length - 1.0, Math.ceil((i + 1) * slope + band));
      for (int j = from; j <= to; j++) {
        double best = i == 0 && j == 0 ? 0 : Double.POSITIVE_INFINITY;
        double length = 0;
        if (i > 0 && j > 0 && costBefore[j - 1] < best) {
          best = costBefore[j - 1];
          length = stepsBefore[j - 1];
        }
        if (i > 0 && costBefore[j] < best) {
          best = costBefore[j];
          length = stepsBefore[j];
        }
        if (j > from && cost[j - 1] < best) {
          best = cost[j - 1];
          length = steps[j - 1];
        }
        cost[j] = best + difference(a[i], b[j]);
        steps[j] = length + 1;
      }
    }
    return cost[b.length - 1] / steps[b.length - 1];
  }

  private static double[] filled(int size) {
    double[] row = new double[size];
    Arrays.fill(row, Double.POSITIVE_INFINITY);
    return row;
  }

  private static double difference(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum / a.length;
  }
}
