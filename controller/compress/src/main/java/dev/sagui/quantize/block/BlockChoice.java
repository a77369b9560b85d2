/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

/** Chooses a block's grid by a method. One thread. */
final class BlockChoice {
  /** Iterations, norm and first penalty of HQQ, and its growth. */
  private static final int ROUNDS = 20;

  private static final double NORM = 0.7;
  private static final double PENALTY = 10;
  private static final double GROWTH = 1.01;

  private static final float[] NONE = {};

  private final BlockMethod method;
  private final Grid grid;

  BlockChoice(BlockMethod method, Grid grid) {
    this.method = method;
    this.grid = grid;
  }

  /**
   * @param importance of each value's input in the block; empty when not known
   */
  void choose(float[] values, int from, int count, float[] importance) {
    switch (method) {
      case RTN -> grid.cover(values, from, count);
      case MSE, GPTQ -> grid.search(values, from, count, NONE);
      case HQQ -> halfQuadratic(values, from, count);
      case AWQ -> grid.search(values, from, count, importance);
      case KQUANT -> grid.search(values, from, count, weights(values, from, count, importance));
    }
  }

  private static float[] weights(float[] values, int from, int count, float[] importance) {
    double mean = 0;
    for (int i = from; i < from + count; i++) {
      mean += (double) values[i] * values[i] / count;
    }
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      float value = values[from + i];
      weights[i] =
          importance.length == 0
              ? (float) (Math.sqrt(mean) + Math.abs(value))
              : (float) (importance[i] * Math.sqrt(mean + value * value));
    }
    return weights;
  }

  private void halfQuadratic(float[] values, int from, int count) {
    grid.cover(values, from, count);
    float scale = grid.scale;
    double zero = grid.zero;
    double penalty = PENALTY;
    for (int round = 0; round < ROUNDS; round++, penalty *= GROWTH) {
      double sum = 0;
      for (int i = from; i < from + count; i++) {
        double code = Math.max(0, Math.min(grid.levels(), Math.rint(values[i] / scale + zero)));
        double sparse = shrunk(values[i] - scale * (code - zero), penalty);
        sum += code - (values[i] - sparse) / scale;
      }
      zero = sum / count;
    }
    grid.set(scale, zero);
    grid.fit(values, from, count, NONE);
  }

  /** The proximal step of the norm below one. */
  private static double shrunk(double error, double penalty) {
    double size = Math.abs(error);
    double less = size - Math.pow(size + 1e-12, NORM - 1) / penalty;
    return less > 0 ? Math.copySign(less, error) : 0;
  }
}
