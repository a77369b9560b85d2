/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.quantize.gram.ErrorFeedback;

/**
 * SparseGPT (arXiv 2301.00774) as a grid of {@link ErrorFeedback}: zero or what the weight is by
 * then. Which of a row become zero is decided block by block, with the errors of all blocks before
 * made good. Unlike the paper's, a row's zeros may be spread unevenly over its blocks: those of a
 * block are what is lowest of all that is left of the row.
 */
final class ErrorCompensation implements ErrorFeedback.Grid {
  private static final int WIDTH = 128;

  private final boolean[] zero;
  private final int[] budgets;
  private final int size;
  private final Pattern pattern;

  /**
   * @param budgets zeros of each row; of N:M not looked at
   */
  ErrorCompensation(int[] budgets, int size, Pattern pattern) {
    this.zero = new boolean[budgets.length * size];
    this.budgets = budgets.clone();
    this.size = size;
    this.pattern = pattern;
  }

  /** Zeros that are known: the rest only makes their loss good. */
  static ErrorFeedback.Grid of(boolean[] zero, int size) {
    return (value, row, column) -> zero[row * size + column] ? 0 : value;
  }

  @Override
  public int width() {
    return pattern.kind() == Pattern.Kind.N_OF_M ? pattern.second() : WIDTH;
  }

  @Override
  public void choose(int row, int column, float[] values, float[] weights) {
    if (pattern.kind() == Pattern.Kind.N_OF_M) {
      float[] energy = energy(values, weights, column, column + pattern.second());
      boolean[] lowest = Masks.lowest(energy, pattern.second() - pattern.first());
      System.arraycopy(lowest, 0, zero, row * size + column, lowest.length);
      return;
    }
    float[] energy = energy(values, weights, column, size);
    boolean[] lowest = Masks.lowest(energy, budgets[row]);
    int width = Math.min(WIDTH, size - column);
    for (int i = 0; i < width; i++) {
      zero[row * size + column + i] = lowest[i];
      budgets[row] -= lowest[i] ? 1 : 0;
    }
  }

  private static float[] energy(float[] values, float[] weights, int from, int to) {
    float[] energy = new float[to - from];
    for (int i = from; i < to; i++) {
      energy[i - from] = values[i] * values[i] * weights[i];
    }
    return energy;
  }

  @Override
  public double nearest(double value, int row, int column) {
    return zero[row * size + column] ? 0 : value;
  }
}
