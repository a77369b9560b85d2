/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.quantize.gram.ErrorFeedback;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.MaskedFit;
import java.util.Optional;

/** Zeros in the weights of one layer, or of one group of a convolution, [outputs, inputs]. */
final class LayerPruning {
  private static final double DAMPING = 0.01;

  /** Below, weights that are left follow the samples too far. */
  private static final double FIT_DAMPING = 1e-3;

  private final int size;
  private final SparsityOptions options;
  private final Optional<ErrorFeedback> feedback;
  private final Optional<MaskedFit> fit;
  private final float[] power;

  /**
   * Takes what it needs of the moments, which are large, and does not keep them.
   *
   * @param gram of the layer's inputs; empty where they are not seen, so that magnitudes decide
   */
  LayerPruning(int size, SparsityOptions options, Optional<InputGram> gram) {
    this.size = size;
    this.options = options;
    boolean fitted = options.repair() == Repair.LEAST_SQUARES;
    this.power =
        gram.filter(g -> options.criterion() != Criterion.MAGNITUDE)
            .map(LayerPruning::power)
            .orElse(new float[0]);
    this.fit = gram.filter(g -> fitted).map(g -> new MaskedFit(g, FIT_DAMPING));
    this.feedback =
        gram.filter(g -> options.criterion() == Criterion.SPARSEGPT)
            .map(g -> ErrorFeedback.of(g, DAMPING, ErrorFeedback.Order.GIVEN));
  }

  private static float[] power(InputGram gram) {
    float[] power = new float[gram.size()];
    for (int i = 0; i < power.length; i++) {
      power[i] = (float) gram.second()[i * power.length + i];
    }
    return power;
  }

  /**
   * The weights with their zeros, and the rest repaired as the options say, but for the bias.
   *
   * @param wanted the layer's weights; left as they are
   */
  float[] pruned(float[] wanted, double ratio) {
    float[] rows = wanted.clone();
    int rounds = options.pattern().kind() == Pattern.Kind.N_OF_M ? 1 : options.rounds();
    for (int round = 1; round <= rounds; round++) {
      double share = ratio * (1 - Math.pow(1 - (double) round / rounds, 3));
      if (feedback.isPresent()) {
        compensate(rows, feedback.get(), share);
      } else {
        zero(rows, mask(rows, share));
      }
      fit.ifPresent(f -> f.improve(rows, wanted));
    }
    return rows;
  }

  private void compensate(float[] rows, ErrorFeedback feedback, double ratio) {
    Pattern pattern = options.pattern();
    boolean given = pattern.kind() == Pattern.Kind.BLOCK || pattern.kind() == Pattern.Kind.ROW;
    ErrorFeedback.Grid grid =
        given
            ? ErrorCompensation.of(
                Masks.of(energy(rows, feedback.costs()), size, pattern, ratio, true), size)
            : new ErrorCompensation(budgets(rows.length / size, ratio), size, pattern);
    String reason = feedback.replace(rows, grid);
    if (!reason.isEmpty()) {
      zero(rows, mask(rows, ratio));
    }
  }

  /** Zeros of each row, so that the layer has its share in all. */
  private int[] budgets(int rows, double ratio) {
    int[] budgets = new int[rows];
    for (int r = 0; r < rows; r++) {
      budgets[r] = (int) (Math.round(ratio * size * (r + 1)) - Math.round(ratio * size * r));
    }
    return budgets;
  }

  private boolean[] mask(float[] rows, double ratio) {
    return Masks.of(energy(rows, power), size, options.pattern(), ratio, power.length > 0);
  }

  private float[] energy(float[] rows, float[] factors) {
    float[] energy = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      energy[i] = rows[i] * rows[i] * (factors.length == 0 ? 1 : factors[i % size]);
    }
    return energy;
  }

  private static void zero(float[] rows, boolean[] mask) {
    for (int i = 0; i < rows.length; i++) {
      rows[i] = mask[i] ? 0 : rows[i];
    }
  }
}
