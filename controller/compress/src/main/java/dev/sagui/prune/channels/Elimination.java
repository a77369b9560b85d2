/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.quantize.gram.InputGram;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Takes inputs out of one linear map y = Wᵀ x, the others making up for them as least squares has
 * it: with A the inverse second moments, leaving out S costs tr(W_Sᵀ A_SS⁻¹ W_S) (Optimal Brain
 * Surgeon by blocks, Hassibi and Stork 1993; A⁻¹ and W are updated, never solved again).
 */
final class Elimination {
  private final double[][] weights;
  private final double[][] inverse;
  private final double[] mean;
  private final double energy;

  private Elimination(double[][] weights, double[][] inverse, double[] mean, double energy) {
    this.weights = weights;
    this.inverse = inverse;
    this.mean = mean;
    this.energy = energy;
  }

  /**
   * @param weights [inputs, outputs]; becomes this object's
   * @param centred whether a constant can be added to what the map gives
   */
  static Elimination of(double[][] weights, InputGram gram, boolean centred) {
    double[][] matrix = NormalEquations.matrix(gram, centred);
    double energy = 1e-30;
    for (int i = 0; i < weights.length; i++) {
      for (int j = 0; j < weights.length; j++) {
        double dot = 0;
        for (int o = 0; o < weights[i].length; o++) {
          dot += weights[i][o] * weights[j][o];
        }
        energy += dot * matrix[i][j];
      }
    }
    return new Elimination(
        weights, NormalEquations.of(matrix).inverse(), gram.mean(), Math.max(energy, 1e-30));
  }

  /** What leaving out inputs adds to the error, as a share of the power of what the map gives. */
  double cost(int[] block) {
    double[][] part = part(block);
    double[][] reduced = solved(part, rows(block));
    double sum = 0;
    for (int b = 0; b < block.length; b++) {
      double[] row = weights[block[b]];
      for (int o = 0; o < row.length; o++) {
        sum += row[o] * reduced[b][o];
      }
    }
    return sum / energy;
  }

  /** Leaves inputs out. */
  void remove(int[] block) {
    double[][] part = part(block);
    double[][] share = solved(part, rows(block));
    double[][] ofInverse = solved(part, inverseRows(block));
    double[][] columns = inverseRows(block);
    for (int i = 0; i < weights.length; i++) {
      for (int b = 0; b < block.length; b++) {
        double factor = columns[b][i];
        if (factor != 0) {
          subtract(weights[i], factor, share[b]);
          subtract(inverse[i], factor, ofInverse[b]);
        }
      }
    }
    for (int index : block) {
      Arrays.fill(weights[index], 0);
      Arrays.fill(inverse[index], 0);
      for (double[] row : inverse) {
        row[index] = 0;
      }
    }
  }

  private static void subtract(double[] into, double factor, double[] row) {
    for (int j = 0; j < into.length; j++) {
      into[j] -= factor * row[j];
    }
  }

  private double[][] part(int[] block) {
    double[][] part = new double[block.length][block.length];
    for (int a = 0; a < block.length; a++) {
      for (int b = 0; b < block.length; b++) {
        part[a][b] = inverse[block[a]][block[b]];
      }
    }
    return part;
  }

  private double[][] rows(int[] block) {
    return Arrays.stream(block).mapToObj(i -> weights[i].clone()).toArray(double[][]::new);
  }

  private double[][] inverseRows(int[] block) {
    return Arrays.stream(block).mapToObj(i -> inverse[i].clone()).toArray(double[][]::new);
  }

  /** part⁻¹ · right by Cholesky's factor; {@code right} is overwritten. */
  private static double[][] solved(double[][] part, double[][] right) {
    int size = part.length;
    double[][] lower = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = part[i][j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i][k] * lower[j][k];
        }
        lower[i][j] =
            i == j ? Math.sqrt(Math.max(sum, 1e-12 * part[i][i] + 1e-300)) : sum / lower[j][j];
      }
    }
    for (int i = 0; i < size; i++) {
      for (int k = 0; k < i; k++) {
        subtract(right[i], lower[i][k], right[k]);
      }
      scale(right[i], 1 / lower[i][i]);
    }
    for (int i = size - 1; i >= 0; i--) {
      for (int k = i + 1; k < size; k++) {
        subtract(right[i], lower[k][i], right[k]);
      }
      scale(right[i], 1 / lower[i][i]);
    }
    return right;
  }

  private static void scale(double[] row, double factor) {
    for (int j = 0; j < row.length; j++) {
      row[j] *= factor;
    }
  }

  /** As they are now, [inputs, outputs]; zero for those left out. */
  double[][] weights() {
    return weights;
  }

  /** The mean of what a map with the same inputs gives without a bias, by output. */
  double[] meanOf(double[][] map) {
    double[] sum = new double[map[0].length];
    for (int i = 0; i < map.length; i++) {
      subtract(sum, -mean[i], map[i]);
    }
    return sum;
  }

  /** The indices of channels' inputs in the order [channel, tap]. */
  static int[] block(List<Integer> channels, int taps) {
    return channels.stream().flatMapToInt(c -> IntStream.range(c * taps, (c + 1) * taps)).toArray();
  }
}
