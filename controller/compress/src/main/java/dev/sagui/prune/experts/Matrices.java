/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import dev.sagui.onnx.Parallel;
import dev.sagui.quantize.gram.VectorLoops;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Products of matrices that are held row by row. */
final class Matrices {
  /** Rows that stay in the cache while a Gram matrix takes them in. */
  private static final int BLOCK = 64;

  private Matrices() {}

  /** a · b, a [n, k], b [k, m]. */
  static float[][] product(float[][] a, float[][] b) throws IOException {
    int columns = b.length == 0 ? 0 : b[0].length;
    float[][] product = new float[a.length][columns];
    inParts(
        a.length,
        i -> {
          float[] negative = new float[b.length];
          for (int k = 0; k < negative.length; k++) {
            negative[k] = -a[i][k];
          }
          VectorLoops.subtract(product[i], negative, 0, b, 0, b.length, 0);
        });
    return product;
  }

  /** The upper triangle of x' · x. */
  static double[][] gram(float[][] x) throws IOException {
    int size = x[0].length;
    double[][] gram = new double[size][size];
    float[][] columns = transposed(x);
    inParts(
        size,
        i -> {
          for (int k = 0; k < columns[i].length; k++) {
            columns[i][k] = -columns[i][k];
          }
        });
    for (int from = 0; from < x.length; from += BLOCK) {
      int first = from;
      int last = Math.min(x.length, from + BLOCK);
      inParts(
          size,
          i -> {
            float[] row = new float[size];
            VectorLoops.subtract(row, columns[i], first, x, first, last, i);
            for (int j = i; j < size; j++) {
              gram[i][j] += row[j];
            }
          });
    }
    return gram;
  }

  static float[][] floats(double[][] values) {
    float[][] floats = new float[values.length][values.length];
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j < values.length; j++) {
        floats[i][j] = (float) values[i][j];
      }
    }
    return floats;
  }

  static float[][] transposed(float[][] x) {
    float[][] turned = new float[x[0].length][x.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < x[i].length; j++) {
        turned[j][i] = x[i][j];
      }
    }
    return turned;
  }

  /** The mean of each column. */
  static float[] means(float[][] x) {
    double[] sums = new double[x[0].length];
    for (float[] row : x) {
      for (int j = 0; j < sums.length; j++) {
        sums[j] += row[j];
      }
    }
    float[] means = new float[sums.length];
    for (int j = 0; j < sums.length; j++) {
      means[j] = (float) (sums[j] / x.length);
    }
    return means;
  }

  /** The rows without a mean. */
  static float[][] centred(float[][] x, float[] means) {
    float[][] centred = new float[x.length][];
    for (int i = 0; i < x.length; i++) {
      centred[i] = x[i].clone();
      for (int j = 0; j < means.length; j++) {
        centred[i][j] -= means[j];
      }
    }
    return centred;
  }

  static double energy(float[][] x) {
    double energy = 0;
    for (float[] row : x) {
      for (float each : row) {
        energy += (double) each * each;
      }
    }
    return energy;
  }

  /** Work on the rows of a matrix, which are independent of each other, on two threads. */
  static void inParts(int rows, java.util.function.IntConsumer work) throws IOException {
    List<Integer> halves = new ArrayList<>(List.of(0, 1));
    Parallel.forEach(
        halves,
        half -> {
          for (int i = half; i < rows; i += 2) {
            work.accept(i);
          }
        });
  }
}
