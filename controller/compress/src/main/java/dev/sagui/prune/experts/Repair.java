/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import java.io.IOException;
import java.util.Arrays;

/**
 * Lets the experts that are computed make good what the others would have added: each of those is
 * replaced by its mean, and the second layer of the chosen ones fitted to the rest by ridge
 * regression towards its own weights; kept where it helps on rows that it has not seen.
 */
final class Repair {
  /** Wider blocks keep their weights: moments of all hidden neurons would be too large. */
  private static final int MOST_NEURONS = 4096;

  private static final double DAMPING = 0.1;

  private final HiddenRows rows;
  private final Grouping grouping;
  private final Router router;
  private final ExpertOptions options;

  Repair(HiddenRows rows, Grouping grouping, Router router, ExpertOptions options) {
    this.rows = rows;
    this.grouping = grouping;
    this.router = router;
    this.options = options;
  }

  /**
   * @param train rows to fit on
   * @param held rows to judge on
   */
  BlockSplit of(int[] train, int[] held) throws IOException {
    boolean[][] chosen = router.chosen(rows.input(), options.active());
    float[][] wanted = picked(rows.wanted(), held);
    double all = Matrices.energy(Matrices.centred(wanted, Matrices.means(wanted)));
    float[][] missing = missing(held, chosen);
    Fit best = new Fit(new float[0][], Matrices.energy(missing));
    boolean whole = options.active() == options.count() || options.routing() == Routing.RANDOM;
    if (!whole && best.left() > 0) {
      boolean narrow = rows.width() <= MOST_NEURONS;
      Ridge ridge = new Ridge(seen(train, chosen, narrow), missing(train, chosen));
      float[][] seen = seen(held, chosen, narrow);
      Fit first = Fit.of(ridge.solve(DAMPING), seen, missing);
      double second = first.left() < best.left() ? DAMPING / 10 : DAMPING * 10;
      Fit other = Fit.of(ridge.solve(second), seen, missing);
      Fit better = first.left() < other.left() ? first : other;
      best = better.left() < best.left() ? better : best;
    }
    return split(chosen, all / Math.max(best.left(), all * 1e-20), best.weights());
  }

  /**
   * @param weights that are added to the second layer's and to the experts' constants; empty for
   *     none
   * @param left energy of the error on held-out rows
   */
  private record Fit(float[][] weights, double left) {
    static Fit of(float[][] weights, float[][] seen, float[][] missing) throws IOException {
      float[][] made = Matrices.product(seen, weights);
      for (int i = 0; i < made.length; i++) {
        for (int j = 0; j < made[i].length; j++) {
          made[i][j] = missing[i][j] - made[i][j];
        }
      }
      return new Fit(weights, Matrices.energy(made));
    }
  }

  private static float[][] picked(float[][] all, int[] which) {
    return BlockSplit.picked(all, which);
  }

  /** What the output should be less what the chosen experts and all means give, [n, N]. */
  private float[][] missing(int[] which, boolean[][] chosen) throws IOException {
    float[][] given = Matrices.product(masked(which, chosen, rows.width()), rows.down());
    float[] base = Matrices.product(new float[][] {rows.means()}, rows.down())[0];
    float[][] missing = new float[which.length][base.length];
    for (int i = 0; i < which.length; i++) {
      for (int j = 0; j < base.length; j++) {
        missing[i][j] = rows.wanted()[which[i]][j] - base[j] - given[i][j];
      }
    }
    return missing;
  }

  /** The moved hidden values of the experts that are computed; else zero. */
  private float[][] masked(int[] which, boolean[][] chosen, int columns) {
    float[][] masked = new float[which.length][columns];
    for (int i = 0; i < which.length; i++) {
      float[] moved = rows.moved()[which[i]];
      for (int f = 0; f < moved.length; f++) {
        masked[i][f] = chosen[which[i]][grouping.expertOf()[f]] ? moved[f] : 0;
      }
    }
    return masked;
  }

  /** What the second layer sees: hidden values, if wanted, then a one for each expert. */
  private float[][] seen(int[] which, boolean[][] chosen, boolean hidden) {
    int first = hidden ? rows.width() : 0;
    int columns = first + options.count();
    float[][] seen = hidden ? masked(which, chosen, columns) : new float[which.length][columns];
    for (int i = 0; i < which.length; i++) {
      for (int e = 0; e < options.count(); e++) {
        seen[i][first + e] = chosen[which[i]][e] ? 1 : 0;
      }
    }
    return seen;
  }

  private BlockSplit split(boolean[][] chosen, double ratio, float[][] fitted) {
    int outputs = rows.down()[0].length;
    float[][] down = Arrays.stream(rows.down()).map(float[]::clone).toArray(float[][]::new);
    float[][] added = new float[options.count()][outputs];
    float[] base = new float[outputs];
    int first = fitted.length - options.count();
    for (int f = 0; f < down.length; f++) {
      for (int j = 0; j < outputs; j++) {
        base[j] += rows.means()[f] * down[f][j];
        down[f][j] += first > 0 ? fitted[f][j] : 0;
        added[grouping.expertOf()[f]][j] -= rows.means()[f] * down[f][j];
      }
    }
    for (int e = 0; e < options.count() && fitted.length > 0; e++) {
      for (int j = 0; j < outputs; j++) {
        added[e][j] += fitted[first + e][j];
      }
    }
    return new BlockSplit(
        grouping,
        router,
        down,
        added,
        base,
        usage(chosen),
        10 * Math.log10(ratio),
        fitted.length > 0);
  }

  private double[] usage(boolean[][] chosen) {
    double[] usage = new double[options.count()];
    for (boolean[] row : chosen) {
      for (int e = 0; e < usage.length; e++) {
        usage[e] += row[e] ? 1.0 / chosen.length : 0;
      }
    }
    return usage;
  }
}
