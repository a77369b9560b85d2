/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.prune.channels.Refit;
import dev.sagui.prune.channels.Regression;

/**
 * A convolution as a depthwise and a pointwise one: of all maps E[(i, t), o] = d · p, with a kernel
 * d for each input channel or for each output channel, the one with the least error on the data.
 * Starts from the rank-1 parts of the unbound map, channel by channel, then solves for p and d in
 * turns; each is least squares on moments alone.
 */
final class SeparableFit {
  private static final int ROUNDS = 8;

  /** Beyond so many inputs solving for all kernels at once takes seconds. */
  private static final int MANY_INPUTS = 1024;

  private static final int POWER_STEPS = 30;

  private final Regression moments;
  private final int channels;
  private final int taps;
  private final int outputs;
  private final int rounds;

  private SeparableFit(Regression moments, int taps) {
    this.moments = moments;
    this.taps = taps;
    this.channels = moments.inputs() / taps;
    this.outputs = moments.outputs();
    this.rounds = moments.inputs() > MANY_INPUTS ? 2 : ROUNDS;
  }

  /**
   * @param depthwise kernels [channels, taps]: of inputs, or of outputs
   * @param pointwise [inputs, outputs]
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Factors(double[][] depthwise, double[][] pointwise, boolean ofInputs) {
    /** What both compute together, [inputs · taps, outputs]. */
    double[][] map() {
      int taps = depthwise[0].length;
      double[][] map = new double[pointwise.length * taps][pointwise[0].length];
      for (int i = 0; i < pointwise.length; i++) {
        for (int t = 0; t < taps; t++) {
          for (int o = 0; o < pointwise[i].length; o++) {
            map[i * taps + t][o] = pointwise[i][o] * depthwise[ofInputs ? i : o][t];
          }
        }
      }
      return map;
    }
  }

  /** A kernel for each input, then a mixture of channels. */
  static Factors depthwiseFirst(Regression moments, int taps) {
    return new SeparableFit(moments, taps).ofInputs();
  }

  /** A mixture of channels, then a kernel for each output. */
  static Factors pointwiseFirst(Regression moments, int taps) {
    return new SeparableFit(moments, taps).ofOutputs();
  }

  /** The map without a form and its constant. */
  static Refit.Fitted unbound(Regression moments) {
    double[][] map = moments.map();
    return new Refit.Fitted(map, moments.constant(map));
  }

  private Factors ofInputs() {
    double[][] dense = moments.map();
    double[][] kernels = new double[channels][];
    for (int i = 0; i < channels; i++) {
      double[][] part = new double[taps][];
      for (int t = 0; t < taps; t++) {
        part[t] = dense[i * taps + t];
      }
      kernels[i] = leading(part);
    }
    double[][] mixture = mixture(kernels);
    for (int round = 0; round < rounds; round++) {
      kernels = kernels(mixture);
      mixture = mixture(kernels);
    }
    return new Factors(kernels, mixture, true);
  }

  /** [channels, outputs] by the kernels of inputs. */
  private double[][] mixture(double[][] kernels) {
    double[][] matrix = new double[channels][channels];
    double[][] right = new double[channels][outputs];
    for (int i = 0; i < channels; i++) {
      for (int j = 0; j <= i; j++) {
        matrix[i][j] = product(kernels[i], i, j, kernels[j]);
        matrix[j][i] = matrix[i][j];
      }
      for (int t = 0; t < taps; t++) {
        for (int o = 0; o < outputs; o++) {
          right[i][o] += kernels[i][t] * moments.cross()[i * taps + t][o];
        }
      }
    }
    return Regression.solve(matrix, right);
  }

  /** [channels, taps], all at once: the products of mixtures weight the moments. */
  private double[][] kernels(double[][] mixture) {
    int size = channels * taps;
    double[][] matrix = new double[size][size];
    double[][] right = new double[size][1];
    for (int i = 0; i < channels; i++) {
      for (int j = 0; j < channels; j++) {
        double alike = dot(mixture[i], mixture[j]);
        for (int t = 0; t < taps; t++) {
          double[] from = moments.second()[i * taps + t];
          for (int s = 0; s < taps; s++) {
            matrix[i * taps + t][j * taps + s] = alike * from[j * taps + s];
          }
        }
      }
      for (int t = 0; t < taps; t++) {
        right[i * taps + t][0] = dot(mixture[i], moments.cross()[i * taps + t]);
      }
    }
    double[][] solved = Regression.solve(matrix, right);
    double[][] kernels = new double[channels][taps];
    for (int i = 0; i < size; i++) {
      kernels[i / taps][i % taps] = solved[i][0];
    }
    return kernels;
  }

  private Factors ofOutputs() {
    double[][] dense = moments.map();
    double[][] kernels = new double[outputs][];
    double[][] mixture = new double[channels][outputs];
    for (int o = 0; o < outputs; o++) {
      double[][] part = new double[taps][channels];
      for (int i = 0; i < dense.length; i++) {
        part[i % taps][i / taps] = dense[i][o];
      }
      double[] kernel = leading(part);
      double[] weights = weights(kernel, o);
      for (int round = 0; round < rounds; round++) {
        kernel = kernel(weights, o);
        weights = weights(kernel, o);
      }
      kernels[o] = kernel;
      for (int i = 0; i < channels; i++) {
        mixture[i][o] = weights[i];
      }
    }
    return new Factors(kernels, mixture, false);
  }

  /** Of one output, by its kernel. */
  private double[] weights(double[] kernel, int output) {
    double[][] matrix = new double[channels][channels];
    double[][] right = new double[channels][1];
    for (int i = 0; i < channels; i++) {
      for (int j = 0; j <= i; j++) {
        matrix[i][j] = product(kernel, i, j, kernel);
        matrix[j][i] = matrix[i][j];
      }
      for (int t = 0; t < taps; t++) {
        right[i][0] += kernel[t] * moments.cross()[i * taps + t][output];
      }
    }
    return column(Regression.solve(matrix, right));
  }

  /** Of one output, by its weights. */
  private double[] kernel(double[] weights, int output) {
    double[][] matrix = new double[taps][taps];
    double[][] right = new double[taps][1];
    for (int t = 0; t < taps; t++) {
      for (int i = 0; i < channels; i++) {
        right[t][0] += weights[i] * moments.cross()[i * taps + t][output];
        double[] from = moments.second()[i * taps + t];
        for (int j = 0; j < from.length; j++) {
          matrix[t][j % taps] += weights[i] * weights[j / taps] * from[j];
        }
      }
    }
    return column(Regression.solve(matrix, right));
  }

  private static double[] column(double[][] matrix) {
    double[] column = new double[matrix.length];
    for (int i = 0; i < column.length; i++) {
      column[i] = matrix[i][0];
    }
    return column;
  }

  /** aᵀ H[i, j] b for channels i and j. */
  private double product(double[] a, int i, int j, double[] b) {
    double sum = 0;
    for (int t = 0; t < taps; t++) {
      double[] from = moments.second()[i * taps + t];
      double row = 0;
      for (int s = 0; s < taps; s++) {
        row += from[j * taps + s] * b[s];
      }
      sum += a[t] * row;
    }
    return sum;
  }

  /** The leading left singular vector of [taps, n]. */
  private static double[] leading(double[][] matrix) {
    int size = matrix.length;
    double[][] square = new double[size][size];
    for (int t = 0; t < size; t++) {
      for (int s = 0; s < size; s++) {
        square[t][s] = dot(matrix[t], matrix[s]);
      }
    }
    double[] vector = new double[size];
    for (int t = 0; t < size; t++) {
      vector[t] = 1 + square[t][t];
    }
    for (int step = 0; step < POWER_STEPS; step++) {
      double[] next = new double[size];
      for (int t = 0; t < size; t++) {
        next[t] = dot(square[t], vector);
      }
      double length = Math.sqrt(dot(next, next));
      for (int t = 0; t < size; t++) {
        vector[t] = length > 0 ? next[t] / length : t == size / 2 ? 1 : 0;
      }
    }
    return vector;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
