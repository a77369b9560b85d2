/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import java.util.Arrays;

/**
 * Least squares on a mask: weights v that are not zero become those of the least (v − w) · H · (v −
 * w)', where w is what the layer had, and zeros stay. By conjugate gradients with H's diagonal as
 * preconditioner (Golub and Van Loan, "Matrix Computations", 11.5), in float32, from the weights as
 * they are; a row that does not gain stays.
 */
public final class MaskedFit {
  private static final int TILE = 32;
  private static final int CHUNK = 16;
  private static final int MOST_ROUNDS = 60;

  /** Products that all rounds take together, at most. */
  private static final double MOST_PRODUCTS = 1e10;

  /** Of a row's error: a round that gains less is its last. */
  private static final double LEAST_GAIN = 1e-3;

  private final int size;
  private final float[][] h;

  /**
   * @param damping times the mean of H's diagonal is added to it, which holds weights near those
   *     that the layer had
   */
  public MaskedFit(InputGram gram, double damping) {
    this.size = gram.size();
    this.h = new float[size][size];
    double trace = 0;
    for (int i = 0; i < size; i++) {
      trace += gram.second()[i * size + i];
      for (int j = 0; j < size; j++) {
        h[i][j] = (float) gram.second()[i * size + j];
      }
    }
    for (int i = 0; i < size; i++) {
      h[i][i] += (float) (damping * trace / size);
    }
  }

  /**
   * @param rows [out, size]; changed in place
   * @param wanted [out, size], what the layer had
   */
  public void improve(float[] rows, float[] wanted) {
    int outputs = rows.length / size;
    long kept = 0;
    for (float weight : rows) {
      kept += weight == 0 ? 0 : 1;
    }
    int rounds = (int) Math.min(MOST_ROUNDS, MOST_PRODUCTS / (1.0 + (double) kept * size));
    int tiles = rounds == 0 ? 0 : (outputs + TILE - 1) / TILE;
    Workers.forEach(
        tiles,
        size,
        t -> new Tile(rows, wanted, t * TILE, Math.min(outputs, (t + 1) * TILE)).run(rounds));
  }

  /** Rows that share a pass over H. */
  private final class Tile {
    private final float[] rows;
    private final int first;
    private final float[][] residual;
    private final float[][] direction;
    private final float[][] product;
    private final float[][] found;
    private final double[] slope;
    private final double[] error;
    private final boolean[] done;

    Tile(float[] rows, float[] wanted, int first, int last) {
      int count = last - first;
      this.rows = rows;
      this.first = first;
      this.residual = new float[count][size];
      this.direction = new float[count][size];
      this.product = new float[count][size];
      this.found = new float[count][size];
      this.slope = new double[count];
      this.error = new double[count];
      this.done = new boolean[count];
      for (int r = 0; r < count; r++) {
        for (int i = 0; i < size; i++) {
          found[r][i] = rows[(first + r) * size + i];
          direction[r][i] = wanted[(first + r) * size + i] - found[r][i];
        }
      }
      multiply();
      for (int r = 0; r < count; r++) {
        begin(r);
      }
    }

    private void begin(int r) {
      for (int i = 0; i < size; i++) {
        error[r] += (double) direction[r][i] * product[r][i];
        residual[r][i] = found[r][i] == 0 ? 0 : product[r][i];
        direction[r][i] = preconditioned(r, i);
        slope[r] += (double) residual[r][i] * direction[r][i];
      }
      done[r] = !(slope[r] > 0);
    }

    private float preconditioned(int r, int i) {
      return h[i][i] > 0 ? residual[r][i] / h[i][i] : 0;
    }

    void run(int rounds) {
      for (int round = 0; round < rounds; round++) {
        multiply();
        boolean all = true;
        for (int r = 0; r < done.length; r++) {
          done[r] = done[r] || step(r);
          all &= done[r];
        }
        if (all) {
          break;
        }
      }
      for (int r = 0; r < done.length; r++) {
        System.arraycopy(found[r], 0, rows, (first + r) * size, size);
      }
    }

    /** Whether it was the last. */
    private boolean step(int r) {
      double curvature = 0;
      for (int i = 0; i < size; i++) {
        curvature += (double) direction[r][i] * product[r][i];
      }
      double length = slope[r] / curvature;
      double gain = slope[r] * length;
      if (!(curvature > 0) || !Double.isFinite(length)) {
        return true;
      }
      double next = 0;
      for (int i = 0; i < size; i++) {
        if (found[r][i] != 0) {
          found[r][i] += (float) (length * direction[r][i]);
          residual[r][i] -= (float) (length * product[r][i]);
          next += (double) residual[r][i] * preconditioned(r, i);
        }
      }
      double keep = next / slope[r];
      for (int i = 0; i < size; i++) {
        direction[r][i] = (float) (preconditioned(r, i) + keep * direction[r][i]);
      }
      slope[r] = next;
      error[r] -= gain;
      return gain < LEAST_GAIN * error[r] || !(next > 0);
    }

    /** Products of H with each direction, of which only what is not zero counts. */
    private void multiply() {
      int[][] columns = new int[done.length][];
      float[][] factors = new float[done.length][];
      for (int r = 0; r < done.length; r++) {
        Arrays.fill(product[r], 0);
        pick(r, columns, factors);
      }
      int[] at = new int[done.length];
      float[][] some = new float[CHUNK][];
      for (int k = CHUNK; k < size + CHUNK; k += CHUNK) {
        for (int r = 0; r < done.length; r++) {
          int from = at[r];
          while (at[r] < columns[r].length && columns[r][at[r]] < k) {
            some[at[r] - from] = h[columns[r][at[r]++]];
          }
          VectorLoops.subtract(product[r], factors[r], from, some, 0, at[r] - from, 0);
        }
      }
    }

    private void pick(int r, int[][] columns, float[][] factors) {
      int[] column = new int[size];
      float[] factor = new float[size];
      int count = 0;
      for (int i = 0; i < size && !done[r]; i++) {
        column[count] = i;
        factor[count] = -direction[r][i];
        count += direction[r][i] == 0 ? 0 : 1;
      }
      columns[r] = Arrays.copyOf(column, count);
      factors[r] = Arrays.copyOf(factor, count);
    }
  }
}
