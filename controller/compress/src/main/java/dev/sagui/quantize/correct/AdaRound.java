/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.correct;

/**
 * Rounds weights up or down so that the layer's output changes least, not the weights (Nagel et
 * al., "Up or Down?", arXiv 2004.10568, equation 20): for each row w the error e = ŵ − w is sought
 * with the least e·H·eᵀ, where H = XᵀX is the Gram matrix of the layer's inputs.
 *
 * <p>Where the paper relaxes the choice and follows gradients, this descends on the quadratic
 * itself, which needs no step sizes and no seed: from nearest rounding and from rounding with error
 * feedback, single steps of one grid value, then exchanges of two, until none gains; the better
 * result stays. One thread.
 */
public final class AdaRound {
  private static final int SWEEPS = 30;
  private static final int PAIRS_UP_TO = 1024;

  /** Columns whose exchanges are quick to search. */
  private static final int FEW = 128;

  private final double[][] gram;
  private final int columns;

  /**
   * @param gram [columns, columns], symmetric, positive semidefinite
   */
  public AdaRound(double[][] gram) {
    this.gram = gram;
    this.columns = gram.length;
  }

  /** e·H·eᵀ of a rounded row. */
  public double error(float[] weights, int[] rounded, Grid grid) {
    double[] off = off(weights, rounded, grid);
    double[] slope = slope(off);
    double sum = 0;
    for (int i = 0; i < columns; i++) {
      sum += off[i] * slope[i];
    }
    return sum;
  }

  /**
   * The row on its grid; never worse than the nearest.
   *
   * @param weights one row, for one output channel
   */
  public int[] round(float[] weights, Grid grid) {
    int[] nearest = new int[columns];
    for (int i = 0; i < columns; i++) {
      nearest[i] = grid.nearest(i, weights[i]);
    }
    int[] fed = fed(weights, grid);
    descend(weights, nearest, grid, PAIRS_UP_TO);
    descend(weights, fed, grid, PAIRS_UP_TO);
    return error(weights, fed, grid) < error(weights, nearest, grid) ? fed : nearest;
  }

  /**
   * A better rounding of the row near another; never worse than it. Exchanges of two are tried for
   * up to {@value #FEW} columns: beyond, they take most of the time and gain 0.1 dB.
   *
   * @param start on the grid, for example from {@link dev.sagui.quantize.gram.ErrorFeedback}
   */
  public int[] improved(float[] weights, int[] start, Grid grid) {
    int[] rounded = start.clone();
    descend(weights, rounded, grid, FEW);
    return rounded;
  }

  /** Each element makes up for the errors of those before it: its optimum with them fixed. */
  private int[] fed(float[] weights, Grid grid) {
    int[] rounded = new int[columns];
    double[] slope = new double[columns];
    for (int i = 0; i < columns; i++) {
      boolean free = weights[i] != 0 && gram[i][i] > 0;
      double wanted = free ? weights[i] - slope[i] / gram[i][i] : weights[i];
      int near = grid.nearest(i, weights[i]);
      int best = grid.nearest(i, (float) wanted);
      rounded[i] = grid.clamp(Math.max(near - 1, Math.min(near + 1, best)));
      shift(slope, i, (double) grid.value(i, rounded[i]) - weights[i]);
    }
    return rounded;
  }

  private void descend(float[] weights, int[] rounded, Grid grid, int pairsUpTo) {
    new Descent(weights, rounded, grid, slope(off(weights, rounded, grid))).run(pairsUpTo);
  }

  /** A row on its way down; weights that are zero were pruned, and stay where they are. */
  private final class Descent {
    private final float[] weights;
    private final int[] rounded;
    private final Grid grid;
    private final double[] slope;

    Descent(float[] weights, int[] rounded, Grid grid, double[] slope) {
      this.weights = weights;
      this.rounded = rounded;
      this.grid = grid;
      this.slope = slope;
    }

    void run(int pairsUpTo) {
      boolean moved = true;
      for (int sweep = 0; sweep < SWEEPS && moved; sweep++) {
        moved = singles();
        if (!moved && columns <= pairsUpTo) {
          moved = pairs();
        }
      }
    }

    private boolean singles() {
      boolean moved = false;
      for (int i = 0; i < columns; i++) {
        int direction = slope[i] > 0 ? -1 : 1;
        if (gain(i, direction) < 0) {
          move(i, direction);
          moved = true;
        }
      }
      return moved;
    }

    /** Steps of two elements that gain together though neither does alone. */
    private boolean pairs() {
      boolean moved = false;
      for (int i = 0; i < columns; i++) {
        for (int direction = -1; direction <= 1; direction += 2) {
          double own = gain(i, direction);
          int partner = partner(i, direction, own);
          if (partner != 0) {
            move(i, direction);
            move(Math.abs(partner) - 1, partner > 0 ? 1 : -1);
            moved = true;
          }
        }
      }
      return moved;
    }

    /** The best other element, counted from 1, with the sign of its step; 0 when none gains. */
    private int partner(int i, int direction, double own) {
      int best = 0;
      double least = -1e-9 * Math.abs(own);
      double step = 2 * grid.step(i, rounded[i], direction);
      for (int j = 0; j < columns && own < Double.POSITIVE_INFINITY; j++) {
        double cross = step * gram[i][j];
        int other = slope[j] + cross / 2 > 0 ? -1 : 1;
        double both = j == i ? 0 : own + gain(j, other) + cross * grid.step(j, rounded[j], other);
        if (both < least) {
          least = both;
          best = other * (j + 1);
        }
      }
      return best;
    }

    /** How the error changes when an element goes one grid value up or down. */
    private double gain(int i, int direction) {
      double step = grid.step(i, rounded[i], direction);
      return weights[i] == 0 || step == 0
          ? Double.POSITIVE_INFINITY
          : step * (2 * slope[i] + step * gram[i][i]);
    }

    private void move(int i, int direction) {
      double step = grid.step(i, rounded[i], direction);
      rounded[i] += direction;
      shift(slope, i, step);
    }
  }

  private void shift(double[] slope, int element, double by) {
    double[] row = gram[element];
    for (int j = 0; j < columns; j++) {
      slope[j] += by * row[j];
    }
  }

  private double[] off(float[] weights, int[] rounded, Grid grid) {
    double[] off = new double[columns];
    for (int i = 0; i < columns; i++) {
      off[i] = (double) grid.value(i, rounded[i]) - weights[i];
    }
    return off;
  }

  private double[] slope(double[] off) {
    double[] slope = new double[columns];
    for (int i = 0; i < columns; i++) {
      shift(slope, i, off[i]);
    }
    return slope;
  }
}
