/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.quantize.gram.ErrorFeedback;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.MaskedFit;
import java.util.Arrays;
import java.util.Optional;

/** Zeros in the weights of one layer, or of one group of a convolution, [outputs, inputs]. */
final class LayerPruning {
  private static final double DAMPING = 0.01;

  /** Below, weights that are left follow the samples too far. */
  private static final double FIT_DAMPING = 1e-3;

  private final float[] wanted;
  private final int size;
  private final SparsityOptions options;
  private final Optional<InputGram> gram;

  /**
   * @param wanted the layer's weights; left as they are
   * @param gram of its inputs; empty where they are not seen, so that magnitudes decide
   */
  LayerPruning(float[] wanted, int size, SparsityOptions options, Optional<InputGram> gram) {
    this.wanted = wanted;
    this.size = size;
    this.options = options;
    this.gram = gram;
  }

  /** The weights with their zeros, and the rest repaired as the options say, but for the bias. */
  float[] pruned(double ratio) {
    float[] rows = wanted.clone();
    Optional<ErrorFeedback> feedback =
        gram.filter(g -> options.criterion() == Criterion.SPARSEGPT)
            .map(g -> ErrorFeedback.of(g, DAMPING, ErrorFeedback.Order.GIVEN));
    boolean fitted = options.repair() == Repair.LEAST_SQUARES;
    Optional<MaskedFit> fit = gram.filter(g -> fitted).map(g -> new MaskedFit(g, FIT_DAMPING));
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
    float[] costs = feedback.costs();
    boolean given = pattern.kind() == Pattern.Kind.BLOCK || pattern.kind() == Pattern.Kind.ROW;
    boolean[] mask = Masks.of(energy(rows, costs), size, pattern, ratio, false);
    ErrorFeedback.Grid grid =
        given
            ? ErrorCompensation.of(mask, size)
            : new ErrorCompensation(budgets(mask), size, pattern);
    String reason = feedback.replace(rows, grid);
    if (!reason.isEmpty()) {
      zero(rows, mask(rows, ratio));
    }
  }

  private int[] budgets(boolean[] mask) {
    int[] budgets = new int[mask.length / size];
    for (int i = 0; i < mask.length; i++) {
      budgets[i / size] += mask[i] ? 1 : 0;
    }
    return budgets;
  }

  private boolean[] mask(float[] rows, double ratio) {
    boolean seen = gram.isPresent() && options.criterion() != Criterion.MAGNITUDE;
    float[] power = new float[size];
    Arrays.fill(power, 1);
    for (int i = 0; seen && i < size; i++) {
      power[i] = (float) gram.orElseThrow().second()[i * size + i];
    }
    return Masks.of(energy(rows, power), size, options.pattern(), ratio, seen);
  }

  private float[] energy(float[] rows, float[] factors) {
    float[] energy = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      energy[i] = rows[i] * rows[i] * factors[i % size];
    }
    return energy;
  }

  private static void zero(float[] rows, boolean[] mask) {
    for (int i = 0; i < rows.length; i++) {
      rows[i] = mask[i] ? 0 : rows[i];
    }
  }
}
