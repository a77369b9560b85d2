/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * GPTQ (arXiv 2210.17323): weights are rounded one input after the other, and the error of each is
 * made good by the inputs that are still to come, as the inverse of H = E[x x'] tells.
 *
 * <p>The grid is fixed before, so that an order of its own needs no index at run time ("static
 * groups"). Rounding of one weight at a time and lazy updates in blocks of {@value #BLOCK} follow
 * the paper's algorithm 1.
 */
public final class ErrorFeedback {
  static final int BLOCK = 128;

  /** Gives the nearest value of a grid. */
  @FunctionalInterface
  public interface Grid {
    /**
     * @param row output of the layer
     * @param column input of the layer, in the order that weights are given in
     */
    double nearest(double value, int row, int column);
  }

  /**
   * @param rows [out, size], row by row, of values of the grid
   * @param reason why errors were not fed back and each weight is its nearest; empty when they were
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Rounded(float[] rows, String reason) {}

  private final int size;
  private final int[] order;
  private final double[] factor;

  private ErrorFeedback(int size, int[] order, double[] factor) {
    this.size = size;
    this.order = order;
    this.factor = factor;
  }

  /**
   * Inputs of the largest second moment come first.
   *
   * @param rows [out, size], row by row; left as they are
   * @param damping times the mean of H's diagonal is added to it; 0.01 in the paper
   */
  public static Rounded round(float[] rows, InputGram gram, double damping, Grid grid) {
    int size = gram.size();
    int[] order = order(gram);
    Optional<double[]> factor = InverseFactor.of(damped(gram, order, damping), size);
    if (factor.isEmpty()) {
      return new Rounded(
          nearest(rows, size, grid), "the second moments of its inputs are singular or not finite");
    }
    return new Rounded(new ErrorFeedback(size, order, factor.get()).round(rows, grid), "");
  }

  private static int[] order(InputGram gram) {
    return IntStream.range(0, gram.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -gram.second()[i * gram.size() + i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static double[] damped(InputGram gram, int[] order, double damping) {
    int size = gram.size();
    double trace = IntStream.range(0, size).mapToDouble(i -> gram.second()[i * size + i]).sum();
    double[] h = new double[size * size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        h[i * size + j] = gram.second()[order[i] * size + order[j]];
      }
      h[i * size + i] += damping * trace / size;
    }
    return h;
  }

  private static float[] nearest(float[] rows, int size, Grid grid) {
    float[] rounded = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      rounded[i] = (float) grid.nearest(rows[i], i / size, i % size);
    }
    return rounded;
  }

  private float[] round(float[] rows, Grid grid) {
    float[] rounded = new float[rows.length];
    double[] row = new double[size];
    for (int r = 0; r < rows.length / size; r++) {
      for (int i = 0; i < size; i++) {
        row[i] = rows[r * size + order[i]];
      }
      for (int from = 0; from < size; from += BLOCK) {
        block(row, from, Math.min(size, from + BLOCK), r, grid);
      }
      for (int i = 0; i < size; i++) {
        rounded[r * size + order[i]] = (float) row[i];
      }
    }
    return rounded;
  }

  private void block(double[] row, int from, int to, int r, Grid grid) {
    double[] errors = new double[to - from];
    for (int i = from; i < to; i++) {
      double value = grid.nearest(row[i], r, order[i]);
      double error = (row[i] - value) / factor[i * size + i];
      row[i] = value;
      errors[i - from] = error;
      spread(row, error, i, i + 1, to);
    }
    for (int i = from; i < to; i++) {
      spread(row, errors[i - from], i, to, size);
    }
  }

  private void spread(double[] row, double error, int i, int from, int to) {
    int base = i * size;
    for (int j = from; j < to; j++) {
      row[j] -= error * factor[base + j];
    }
  }
}
