/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import java.io.IOException;
import java.util.SplittableRandom;

/**
 * What a block's hidden neurons gave on calibration rows, and what that moves at its output.
 *
 * <p>Blocks before it leave errors in its input, which it can make good in part: what it should
 * give is what the block of the source model gave, and where the input is added to its output, less
 * the error that comes that way.
 *
 * @param input x [n, K]
 * @param means of the hidden values [F]
 * @param moved hidden values without their means [n, F]
 * @param wanted what the second product should give [n, N], without a bias
 * @param down W2 [F, N]
 * @param sketch W2 seen through few random directions [F, D]: norms are kept to a few percent
 */
@SuppressWarnings("ArrayRecordComponent")
record HiddenRows(
    float[][] input,
    float[] means,
    float[][] moved,
    float[][] wanted,
    float[][] down,
    float[][] sketch) {
  private static final int DIRECTIONS = 64;

  static HiddenRows of(float[][] input, float[][] hidden, float[][] wanted, float[][] down)
      throws IOException {
    float[] means = Matrices.means(hidden);
    float[][] directions = signs(down[0].length, Math.min(DIRECTIONS, down[0].length), 2);
    return new HiddenRows(
        input,
        means,
        Matrices.centred(hidden, means),
        wanted,
        down,
        Matrices.product(down, directions));
  }

  /** Random signs, each column of length one. */
  private static float[][] signs(int rows, int columns, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float size = (float) (1 / Math.sqrt(columns));
    float[][] signs = new float[rows][columns];
    for (float[] row : signs) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextBoolean() ? size : -size;
      }
    }
    return signs;
  }

  int width() {
    return means.length;
  }

  /** How much each neuron moves the output: the variance of what it adds. */
  double[] strength() {
    double[] strength = new double[width()];
    for (float[] row : moved) {
      for (int f = 0; f < strength.length; f++) {
        strength[f] += (double) row[f] * row[f];
      }
    }
    for (int f = 0; f < strength.length; f++) {
      double norm = 0;
      for (float each : down[f]) {
        norm += (double) each * each;
      }
      strength[f] *= norm / moved.length;
    }
    return strength;
  }

  /** A point [D] for each neuron; those that move from their means on the same rows are close. */
  float[][] activity() throws IOException {
    float[][] size = new float[moved.length][width()];
    for (int i = 0; i < size.length; i++) {
      for (int f = 0; f < width(); f++) {
        size[i][f] = Math.abs(moved[i][f]);
      }
    }
    float[][] centred = Matrices.centred(size, Matrices.means(size));
    float[][] points =
        Matrices.product(Matrices.transposed(centred), signs(moved.length, DIRECTIONS, 3));
    for (float[] point : points) {
      double norm = 1e-20;
      for (float each : point) {
        norm += (double) each * each;
      }
      float scale = (float) (1 / Math.sqrt(norm));
      for (int j = 0; j < point.length; j++) {
        point[j] *= scale;
      }
    }
    return points;
  }

  /** What each expert moves at the sketched output, [n, experts · D]. */
  float[][] contributions(Grouping grouping, int count) throws IOException {
    int size = sketch[0].length;
    float[][] sums = new float[moved.length][count * size];
    Matrices.inParts(
        moved.length,
        i -> {
          for (int f = 0; f < width(); f++) {
            add(sums[i], grouping.expertOf()[f] * size, moved[i][f], sketch[f]);
          }
        });
    return sums;
  }

  private static void add(float[] into, int at, float factor, float[] row) {
    for (int j = 0; j < row.length; j++) {
      into[at + j] += factor * row[j];
    }
  }
}
