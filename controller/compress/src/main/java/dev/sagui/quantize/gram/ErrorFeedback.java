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
 * <p>Rounding of one weight at a time and lazy updates in blocks of {@value #BLOCK} follow the
 * paper's algorithm 1, in float32; the inverse is factored in float64. One instance serves all
 * layers of the same inputs. Weights that are zero stay zero, as the grid has it: they were pruned.
 */
public final class ErrorFeedback {
  private static final int BLOCK = 128;

  /** Rows that share one pass over the factor. */
  private static final int TILE = 32;

  private static final int CHUNK = 16;

  /** In which order inputs are taken. */
  public enum Order {
    /** As they are, so that a grid may be chosen when its first input is reached. */
    GIVEN,
    /**
     * Of the largest second moment first. The grid is fixed before, so that the order needs no
     * index at run time ("static groups").
     */
    LARGEST_FIRST
  }

  /** Gives the nearest value of a grid. Rows come from two threads. */
  @FunctionalInterface
  public interface Grid {
    /**
     * @param row output of the layer
     * @param column input of the layer, in the order that weights are given in
     */
    double nearest(double value, int row, int column);

    /** Columns whose grid is chosen when the first is reached; 0 when all are fixed. */
    default int width() {
      return 0;
    }

    /**
     * Chooses the grid of a row's columns from {@code column} on.
     *
     * @param values of the row with the errors of all columns before made good
     * @param weights of each column's squared error
     */
    default void choose(int row, int column, float[] values, float[] weights) {}
  }

  /**
   * @param rows [out, size], row by row, of values of the grid
   * @param reason why errors were not fed back and each weight is its nearest; empty when they were
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Rounded(float[] rows, String reason) {}

  private final int size;
  private final int[] order;
  private final Optional<float[][]> factor;
  private final float[] weights;

  private ErrorFeedback(int size, int[] order, Optional<float[][]> factor) {
    this.size = size;
    this.order = order;
    this.factor = factor;
    this.weights = new float[size];
    for (int i = 0; i < size; i++) {
      float diagonal = factor.isEmpty() ? 1 : factor.get()[i][i];
      weights[i] = 1 / (diagonal * diagonal);
    }
  }

  /**
   * @param damping times the mean of H's diagonal is added to it; 0.01 in the paper
   */
  public static ErrorFeedback of(InputGram gram, double damping, Order order) {
    int[] columns = IntStream.range(0, gram.size()).toArray();
    if (order == Order.LARGEST_FIRST) {
      columns =
          IntStream.of(columns)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -gram.second()[i * gram.size() + i]))
              .mapToInt(Integer::intValue)
              .toArray();
    }
    double[][] h = damped(gram, columns, damping);
    return new ErrorFeedback(
        gram.size(), columns, InverseFactor.replace(h) ? Optional.of(floats(h)) : Optional.empty());
  }

  /**
   * Inputs of the largest second moment come first.
   *
   * @param rows [out, size], row by row; left as they are
   * @param damping as {@link #of}
   */
  public static Rounded round(float[] rows, InputGram gram, double damping, Grid grid) {
    float[] rounded = rows.clone();
    return new Rounded(rounded, of(gram, damping, Order.LARGEST_FIRST).replace(rounded, grid));
  }

  private static double[][] damped(InputGram gram, int[] order, double damping) {
    int size = gram.size();
    double trace = IntStream.range(0, size).mapToDouble(i -> gram.second()[i * size + i]).sum();
    double[][] h = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = i; j < size; j++) {
        h[i][j] = gram.second()[order[i] * size + order[j]];
      }
      h[i][i] += damping * trace / size;
    }
    return h;
  }

  /** Row by row, so that both are held in full at no time. */
  private static float[][] floats(double[][] factor) {
    float[][] floats = new float[factor.length][];
    for (int i = 0; i < factor.length; i++) {
      floats[i] = new float[factor.length];
      for (int j = i; j < factor.length; j++) {
        floats[i][j] = (float) factor[i][j];
      }
      factor[i] = new double[0];
    }
    return floats;
  }

  /** What a squared error of each column's weights costs, once those before it are settled. */
  public float[] costs() {
    return weights.clone();
  }

  /**
   * Puts weights on a grid.
   *
   * @param rows [out, size], row by row; become values of the grid
   * @return as {@link Rounded#reason}
   */
  public String replace(float[] rows, Grid grid) {
    int outputs = rows.length / size;
    int tiles = (outputs + TILE - 1) / TILE;
    Workers.forEach(
        tiles,
        size,
        tile -> new Tile(tile * TILE, Math.min(outputs, (tile + 1) * TILE), grid).round(rows));
    return factor.isPresent() ? "" : "the second moments of its inputs are singular or not finite";
  }

  /** Some rows, held in the order in which their columns are taken. */
  private final class Tile {
    private final int first;
    private final Grid grid;
    private final float[][] held;
    private final float[][] errors;
    private final int block;

    Tile(int first, int last, Grid grid) {
      this.first = first;
      this.grid = grid;
      this.block = Math.max(BLOCK, grid.width());
      this.held = new float[last - first][size];
      this.errors = new float[last - first][block];
    }

    void round(float[] rows) {
      for (int r = 0; r < held.length; r++) {
        for (int i = 0; i < size; i++) {
          held[r][i] = given(rows, r, i);
        }
      }
      for (int from = 0; from < size; from += block) {
        int to = Math.min(size, from + block);
        for (int r = 0; r < held.length; r++) {
          block(rows, r, from, to);
        }
        spread(from, to);
      }
      for (int r = 0; r < held.length; r++) {
        for (int i = 0; i < size; i++) {
          rows[(first + r) * size + order[i]] = held[r][i];
        }
      }
    }

    private float given(float[] rows, int r, int i) {
      return rows[(first + r) * size + order[i]];
    }

    private void block(float[] rows, int r, int from, int to) {
      float[] row = held[r];
      for (int i = from; i < to; i++) {
        if (grid.width() > 0 && i % grid.width() == 0) {
          grid.choose(first + r, i, row, weights);
        }
        double wanted = given(rows, r, i) == 0 ? 0 : row[i]; // what was pruned stays so
        float value = (float) grid.nearest(wanted, first + r, order[i]);
        float error = row[i] - value;
        row[i] = value;
        if (factor.isPresent()) {
          float[] u = factor.get()[i];
          errors[r][i - from] = error / u[i];
          VectorLoops.one(row, error / u[i], u, i + 1, to);
        }
      }
    }

    private void spread(int from, int to) {
      if (factor.isEmpty()) {
        return;
      }
      for (int k = from; k < to; k += CHUNK) {
        int last = Math.min(to, k + CHUNK);
        for (int r = 0; r < held.length; r++) {
          VectorLoops.subtract(held[r], errors[r], k - from, factor.get(), k, last, to);
        }
      }
    }
  }
}
