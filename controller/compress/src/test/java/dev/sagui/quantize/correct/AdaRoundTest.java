/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.correct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdaRoundTest {
  @Test
  void errorComesNearTheBestUpAndDown() {
    double ours = 0;
    double best = 0;
    double near = 0;
    for (int seed = 0; seed < 40; seed++) {
      double[][] gram = gram(seed, 10, 3);
      float[] row = row(seed, 10);
      Grid grid = grid(10, 7);
      AdaRound rounding = new AdaRound(gram);
      ours += rounding.error(row, rounding.round(row, grid), grid);
      near += rounding.error(row, nearest(row, grid), grid);
      best += brute(rounding, row, grid);
    }
    assertTrue(ours <= 1.25 * best, ours + " against " + best);
    assertTrue(ours < 0.5 * near, ours + " against nearest " + near);
  }

  @Test
  void correlatedInputsGainAndIndependentOnesStay() {
    Grid grid = grid(64, 7);
    float[] row = row(3, 64);
    AdaRound correlated = new AdaRound(gram(3, 64, 8));
    double near = correlated.error(row, nearest(row, grid), grid);
    assertTrue(correlated.error(row, correlated.round(row, grid), grid) < 0.5 * near);
    double[][] diagonal = new double[64][64];
    for (int i = 0; i < 64; i++) {
      diagonal[i][i] = i; // also an input that is always 0
    }
    assertArrayEquals(nearest(row, grid), new AdaRound(diagonal).round(row, grid));
  }

  /** Levels of a table are a step of any size apart. */
  @Test
  void errorFallsOnTheValuesOfATableToo() {
    float[] scales = new float[24];
    Arrays.fill(scales, 0.5f);
    Grid grid = Grid.table(scales, new float[] {-4, -2, -1, -0.4f, 0, 0.3f, 1, 2.5f, 4});
    double ours = 0;
    double near = 0;
    for (int seed = 0; seed < 20; seed++) {
      float[] row = row(seed, 24);
      AdaRound rounding = new AdaRound(gram(seed, 24, 6));
      int[] nearest = nearest(row, grid);
      for (int i = 0; i < row.length; i++) {
        for (int q = 0; q < 9; q++) {
          float off = Math.abs(grid.value(i, q) - row[i]);
          assertTrue(Math.abs(grid.value(i, nearest[i]) - row[i]) <= off);
        }
      }
      int[] rounded = rounding.round(row, grid);
      assertTrue(Arrays.stream(rounded).allMatch(q -> q >= 0 && q < 9));
      ours += rounding.error(row, rounded, grid);
      near += rounding.error(row, nearest, grid);
    }
    assertTrue(ours < 0.5 * near, ours + " against nearest " + near);
  }

  @Test
  void roundedValuesStayOnTheGrid() {
    float[] row = row(5, 32);
    row[0] = 100;
    row[1] = -100;
    int[] rounded = new AdaRound(gram(5, 32, 4)).round(row, grid(32, 1));
    assertTrue(Arrays.stream(rounded).allMatch(q -> q >= -1 && q <= 1));
    assertTrue(rounded[0] == 1 && rounded[1] == -1);
  }

  private static double brute(AdaRound rounding, float[] row, Grid grid) {
    double best = Double.POSITIVE_INFINITY;
    for (int mask = 0; mask < 1 << row.length; mask++) {
      int[] q = new int[row.length];
      for (int i = 0; i < q.length; i++) {
        q[i] = grid.clamp((int) Math.floor(row[i] / grid.scales()[i]) + (mask >> i & 1));
      }
      best = Math.min(best, rounding.error(row, q, grid));
    }
    return best;
  }

  private static int[] nearest(float[] row, Grid grid) {
    int[] q = new int[row.length];
    for (int i = 0; i < q.length; i++) {
      q[i] = grid.nearest(i, row[i]);
    }
    return q;
  }

  private static Grid grid(int columns, int most) {
    float[] scales = new float[columns];
    Arrays.fill(scales, 2f / most);
    return new Grid(scales, new int[columns], -most, most);
  }

  private static float[] row(long seed, int columns) {
    Random random = new Random(seed);
    float[] row = new float[columns];
    for (int i = 0; i < columns; i++) {
      row[i] = (float) Math.max(-1.9, Math.min(1.9, random.nextGaussian() * 0.7));
    }
    return row;
  }

  /** Of inputs that lie near a space of few dimensions. */
  private static double[][] gram(long seed, int columns, int rank) {
    Random random = new Random(seed + 1000);
    double[][] gram = new double[columns][columns];
    for (int k = 0; k < rank; k++) {
      double[] x = random.doubles(columns, -1, 1).toArray();
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < columns; j++) {
          gram[i][j] += x[i] * x[j];
        }
      }
    }
    for (int i = 0; i < columns; i++) {
      gram[i][i] += 0.05;
    }
    return gram;
  }
}
