/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.linear.Cholesky;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.VectorLoops;
import java.util.Arrays;

/**
 * Takes blocks of inputs out of one linear map y = Wᵀ x, the others making up for them as least
 * squares has it: with A the inverse second moments, leaving out S costs tr(W_Sᵀ A_SS⁻¹ W_S)
 * (Optimal Brain Surgeon by blocks, Hassibi and Stork 1993; A⁻¹ and W are updated, never solved
 * again). For each block A_SS and W_S W_Sᵀ are kept as they are at the moment; A and W themselves
 * catch up after {@value #PENDING} inputs, so that they are gone through seldom.
 */
final class Elimination {
  private static final int PENDING = 64;

  private final int[][] blocks;
  private final double[][] weights;
  private final double[][] inverse;
  private final double[] mean;
  private final double energy;
  private final double[][][] parts;
  private final double[][][] products;
  private final boolean[] gone;

  /** For each input left out since A and W were last brought up: what is taken from all rows. */
  private final double[][] factors = new double[PENDING][];

  private final double[][] ofInverse = new double[PENDING][];
  private final double[][] ofWeights = new double[PENDING][];
  private int pending;

  private Elimination(
      double[][] weights, double[][] inverse, double[] mean, double energy, int[][] blocks) {
    this.weights = weights;
    this.inverse = inverse;
    this.mean = mean;
    this.energy = energy;
    this.blocks = blocks;
    this.gone = new boolean[weights.length];
    this.parts = new double[blocks.length][][];
    this.products = new double[blocks.length][][];
    look();
  }

  /** Keeps of each block what it costs by. */
  private void look() {
    for (int u = 0; u < blocks.length; u++) {
      int[] block = blocks[u];
      if (isGone(block)) {
        continue;
      }
      parts[u] = new double[block.length][block.length];
      products[u] = new double[block.length][block.length];
      for (int a = 0; a < block.length; a++) {
        for (int b = 0; b < block.length; b++) {
          parts[u][a][b] = inverse[block[a]][block[b]];
          products[u][a][b] = Cholesky.dot(weights[block[a]], weights[block[b]]);
        }
      }
    }
  }

  private boolean isGone(int[] block) {
    return block.length > 0 && gone[block[0]];
  }

  /**
   * @param weights [inputs, outputs]; becomes this object's
   * @param centred whether a constant can be added to what the map gives
   * @param blocks of inputs that go as one, none of them in two
   */
  static Elimination of(double[][] weights, InputGram gram, boolean centred, int[][] blocks) {
    double[][] matrix = NormalEquations.matrix(gram, centred);
    double energy = energy(weights, OutputFactoring.product(matrix, weights));
    double[][] inverse = NormalEquations.of(matrix).inverse();
    return new Elimination(weights, inverse, gram.mean(), energy, blocks);
  }

  /**
   * The same algebra the other way: with the moments in place of their inverse and what inputs and
   * outputs have in common in place of the weights, {@link #cost} is what a block adds to what the
   * blocks taken before explain, and {@link #remove} takes it.
   */
  static Elimination forward(double[][] weights, InputGram gram, boolean centred, int[][] blocks) {
    double[][] matrix = NormalEquations.matrix(gram, centred);
    double[][] common = OutputFactoring.product(matrix, weights);
    NormalEquations.addRidge(matrix);
    return new Elimination(common, matrix, gram.mean(), energy(weights, common), blocks);
  }

  private static double energy(double[][] weights, double[][] common) {
    double energy = 0;
    for (int i = 0; i < weights.length; i++) {
      energy += Cholesky.dot(common[i], weights[i]);
    }
    return Math.max(energy, 1e-30);
  }

  /** What leaving a block out adds to the error, as a share of the power of what the map gives. */
  double cost(int index) {
    double[][] product = products[index];
    if (product.length == 1) {
      return product[0][0] / Math.max(parts[index][0][0], 1e-300) / energy;
    }
    double[][] solved = Cholesky.of(parts[index]).solved(copy(product));
    double sum = 0;
    for (int b = 0; b < solved.length; b++) {
      sum += solved[b][b];
    }
    return sum / energy;
  }

  /** Leaves a block out. */
  void remove(int index) {
    int[] block = blocks[index];
    for (int from = 0; from < block.length; from += PENDING) {
      leave(Arrays.copyOfRange(block, from, Math.min(block.length, from + PENDING)));
    }
  }

  private void leave(int[] block) {
    if (pending + block.length > PENDING) {
      catchUp();
    }
    double[][] rows = new double[block.length][];
    double[][] outputs = new double[block.length][];
    for (int b = 0; b < block.length; b++) {
      rows[b] = now(inverse, ofInverse, block[b]);
      outputs[b] = now(weights, ofWeights, block[b]);
    }
    double[][] part = new double[block.length][block.length];
    for (int a = 0; a < block.length; a++) {
      for (int b = 0; b < block.length; b++) {
        part[a][b] = rows[a][block[b]];
      }
    }
    Cholesky factor = Cholesky.of(part);
    double[][] share = factor.solved(copy(outputs));
    double[][] solved = factor.solved(copy(rows));
    update(rows, solved, halved(meets(outputs), outputs, solved));
    for (int b = 0; b < block.length; b++) {
      factors[pending] = rows[b];
      ofInverse[pending] = solved[b];
      ofWeights[pending++] = share[b];
      gone[block[b]] = true;
    }
  }

  /** A row as it is at the moment. */
  private double[] now(double[][] base, double[][] taken, int index) {
    double[] row = base[index].clone();
    double[] own = new double[pending];
    for (int p = 0; p < pending; p++) {
      own[p] = factors[p][index];
    }
    VectorLoops.subtract(row, own, 0, taken, 0, pending, 0);
    return row;
  }

  /** W_R Wᵀ as it is at the moment, for rows W_R. */
  private double[][] meets(double[][] outputs) {
    double[][] meets = new double[outputs.length][weights.length];
    for (int b = 0; b < outputs.length; b++) {
      for (int i = 0; i < weights.length; i++) {
        meets[b][i] = gone[i] ? 0 : Cholesky.dot(outputs[b], weights[i]);
      }
      double[] own = new double[pending];
      for (int p = 0; p < pending; p++) {
        own[p] = Cholesky.dot(outputs[b], ofWeights[p]);
      }
      VectorLoops.subtract(meets[b], own, 0, factors, 0, pending, 0);
    }
    return meets;
  }

  /** Less half of W_R W_Rᵀ A_RR⁻¹ A_R, so that two products with it make up all that changes. */
  private static double[][] halved(double[][] meets, double[][] outputs, double[][] solved) {
    for (int a = 0; a < outputs.length; a++) {
      double[] half = new double[outputs.length];
      for (int b = 0; b < half.length; b++) {
        half[b] = Cholesky.dot(outputs[a], outputs[b]) / 2;
      }
      VectorLoops.subtract(meets[a], half, 0, solved, 0, half.length, 0);
    }
    return meets;
  }

  /** Brings up what is kept for each block: W_S loses Q_S W_R with Q_S = A_SR A_RR⁻¹. */
  private void update(double[][] rows, double[][] solved, double[][] meets) {
    for (int u = 0; u < blocks.length; u++) {
      int[] block = blocks[u];
      for (int r = 0; r < rows.length && !isGone(block); r++) {
        for (int a = 0; a < block.length; a++) {
          double row = rows[r][block[a]];
          double share = solved[r][block[a]];
          double meet = meets[r][block[a]];
          for (int b = 0; b < block.length; b++) {
            parts[u][a][b] -= row * solved[r][block[b]];
            products[u][a][b] -= share * meets[r][block[b]] + meet * solved[r][block[b]];
          }
        }
      }
    }
  }

  private void catchUp() {
    double[] own = new double[pending];
    for (int i = 0; i < weights.length; i++) {
      if (gone[i]) {
        Arrays.fill(weights[i], 0);
        Arrays.fill(inverse[i], 0);
        continue;
      }
      for (int p = 0; p < pending; p++) {
        own[p] = factors[p][i];
      }
      VectorLoops.subtract(weights[i], own, 0, ofWeights, 0, pending, 0);
      VectorLoops.subtract(inverse[i], own, 0, ofInverse, 0, pending, 0);
    }
    pending = 0;
    look();
  }

  private static double[][] copy(double[][] rows) {
    return Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new);
  }

  /** As they are now, [inputs, outputs]; zero for those left out. */
  double[][] weights() {
    catchUp();
    return weights;
  }

  /** The mean of what a map with the same inputs gives without a bias, by output. */
  double[] meanOf(double[][] map) {
    double[] sum = new double[map[0].length];
    VectorLoops.subtract(sum, Arrays.stream(mean).map(m -> -m).toArray(), 0, map, 0, map.length, 0);
    return sum;
  }
}
