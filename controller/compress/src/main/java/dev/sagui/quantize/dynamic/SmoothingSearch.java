/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import dev.sagui.quantize.gram.InputChannels;
import dev.sagui.quantize.linear.MatrixRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Factors for one activation, of several candidates those that cost least: rounding of x / s costs
 * Δx²/12 · Σⱼ sⱼ²·‖wⱼ‖², rounding of the weights of output n Δₙ²/12 · Σⱼ E[xⱼ²] / sⱼ².
 */
final class SmoothingSearch {
  private static final double FIRST = 0.3;
  private static final double STEP = 0.05;
  private static final int CANDIDATES = 14;

  /** Error feedback leaves about so much of the power that rounding to nearest would have. */
  private static final double FED_BACK = 0.5;

  /** Steps of an activation's range. */
  private static final double CODES = 255;

  private static final double LEAST = 1e-5;

  private final InputChannels inputs;
  private final double[] norms;
  private final List<double[]> candidates = new ArrayList<>();
  private final double[] weightSteps = new double[CANDIDATES + 1];

  /**
   * @param largest weight of each input
   * @param norms Σ w² of each input
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Weights(double[] largest, double[] norms) {
    Weights(int inputs) {
      this(new double[inputs], new double[inputs]);
    }

    void add(MatrixRows matrix, boolean byRow) throws IOException {
      matrix.forEachPart(
          (row, column, values, from, count) -> {
            for (int i = 0; i < count; i++) {
              int input = byRow ? column + i : row;
              double w = values[from + i];
              largest[input] = Math.max(largest[input], Math.abs(w));
              norms[input] += w * w;
            }
          });
    }
  }

  SmoothingSearch(InputChannels inputs, Weights weights) {
    this.inputs = inputs;
    this.norms = weights.norms();
    double[] none = new double[norms.length];
    Arrays.fill(none, 1);
    candidates.add(none);
    for (int i = 0; i < CANDIDATES; i++) {
      candidates.add(factors(inputs, weights, FIRST + STEP * i));
    }
  }

  /**
   * A channel that the samples show little of counts as the middle one: on others it may fire as
   * high as that, and would set the range of all. One that never fired counts as the highest.
   */
  static double[] factors(InputChannels inputs, Weights weights, double alpha) {
    double[] seen = inputs.largest();
    double[] sorted = seen.clone();
    Arrays.sort(sorted);
    double[] factors = new double[seen.length];
    double usual = sorted[sorted.length / 2];
    double most = sorted[sorted.length - 1];
    for (int j = 0; j < factors.length; j++) {
      double x = Math.max(LEAST, seen[j] == 0 ? most : Math.max(usual, seen[j]));
      double w = Math.max(LEAST, weights.largest()[j]);
      factors[j] = Math.pow(x, alpha) / Math.pow(w, 1 - alpha);
    }
    return factors;
  }

  /**
   * What uint8 steps over: ranges of single runs, below zero and above, are about as wide as the
   * largest magnitude in all of them.
   *
   * @param largest of each channel
   * @param factors of each channel; empty for none
   */
  static double step(double[] largest, double[] factors) {
    double wide = 0;
    for (int j = 0; j < largest.length; j++) {
      wide = Math.max(wide, largest[j] / (factors.length == 0 ? 1 : factors[j]));
    }
    return wide / CODES;
  }

  /** Looks at a matrix that takes the activation. */
  void see(MatrixRows matrix, boolean byRow, int levels) throws IOException {
    int outputs = byRow ? matrix.rows() : matrix.columns();
    double[][] most = new double[candidates.size()][outputs];
    matrix.forEachPart(
        (row, column, values, from, count) -> {
          for (int c = 0; c < most.length; c++) {
            double[] factors = candidates.get(c);
            for (int i = 0; i < count; i++) {
              int output = byRow ? row : column + i;
              double w = Math.abs(values[from + i]) * factors[byRow ? column + i : row];
              most[c][output] = Math.max(most[c][output], w);
            }
          }
        });
    for (int c = 0; c < most.length; c++) {
      for (double each : most[c]) {
        weightSteps[c] += each * each / levels / levels;
      }
    }
  }

  /** Empty when it costs least to leave the activation as it is. */
  double[] best() {
    int best = 0;
    for (int c = 1; c < candidates.size(); c++) {
      best = cost(c) < cost(best) ? c : best;
    }
    return best == 0 ? new double[0] : candidates.get(best);
  }

  private double cost(int candidate) {
    double[] s = candidates.get(candidate);
    double gain = 0;
    double power = 0;
    for (int j = 0; j < s.length; j++) {
      gain += s[j] * s[j] * norms[j];
      power += inputs.power()[j] / s[j] / s[j];
    }
    double step = step(inputs.largest(), s);
    return step * step * gain + FED_BACK * weightSteps[candidate] * power;
  }
}
