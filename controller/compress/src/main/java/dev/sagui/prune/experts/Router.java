/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import java.io.IOException;
import java.util.SplittableRandom;

/**
 * Scores experts for a row: x · weights + bias; those with the highest are computed.
 *
 * @param weights [K, experts]
 * @param bias [experts]
 */
@SuppressWarnings("ArrayRecordComponent")
record Router(float[][] weights, float[] bias) {
  private static final double DAMPING = 1e-3;

  /**
   * Routers that predict targets from rows, by ridge regression.
   *
   * @param x [n, K]
   * @param targets [n, experts · routers], the experts of one router side by side
   */
  static Router[] predicting(float[][] x, float[][] targets, int experts) throws IOException {
    float[] means = Matrices.means(x);
    float[] levels = Matrices.means(targets);
    float[][] all =
        new Ridge(Matrices.centred(x, means), Matrices.centred(targets, levels)).solve(DAMPING);
    Router[] routers = new Router[levels.length / experts];
    for (int r = 0; r < routers.length; r++) {
      float[][] weights = new float[means.length][experts];
      float[] bias = new float[experts];
      System.arraycopy(levels, r * experts, bias, 0, experts);
      for (int k = 0; k < means.length; k++) {
        System.arraycopy(all[k], r * experts, weights[k], 0, experts);
        for (int e = 0; e < experts; e++) {
          bias[e] -= means[k] * weights[k][e];
        }
      }
      routers[r] = new Router(weights, bias);
    }
    return routers;
  }

  /** One that knows nothing: random directions around the rows' mean. */
  static Router random(float[][] x, int experts, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] means = Matrices.means(x);
    float[][] weights = new float[means.length][experts];
    float[] bias = new float[experts];
    for (int k = 0; k < weights.length; k++) {
      for (int e = 0; e < experts; e++) {
        weights[k][e] = (float) random.nextDouble() - 0.5f;
        bias[e] -= means[k] * weights[k][e];
      }
    }
    return new Router(weights, bias);
  }

  /** Whether an expert is computed for a row, [n, experts]; equal scores favour the first. */
  boolean[][] chosen(float[][] x, int active) throws IOException {
    float[][] scores = Matrices.product(x, weights);
    boolean[][] chosen = new boolean[x.length][bias.length];
    for (int i = 0; i < x.length; i++) {
      for (int e = 0; e < bias.length; e++) {
        scores[i][e] += bias[e];
      }
      for (int k = 0; k < active; k++) {
        int best = -1;
        for (int e = 0; e < bias.length; e++) {
          if (!chosen[i][e] && (best < 0 || scores[i][e] > scores[i][best])) {
            best = e;
          }
        }
        chosen[i][best] = true;
      }
    }
    return chosen;
  }
}
