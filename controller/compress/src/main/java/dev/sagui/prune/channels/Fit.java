/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.run.GramProduct;
import java.util.ArrayList;
import java.util.List;

/**
 * New weights for a layer whose inputs have changed: ridge regression towards the weights it has,
 * by what it gave in the original; then, where only the sign or a squashed value counts, targets
 * that the layer meets already are let go (Zhang et al. 2015, arXiv 1505.06798, section 3.2), or
 * steps of Gauss-Newton are taken through the function.
 */
final class Fit {
  private static final int ROUNDS = 3;

  /** How far a target may follow what is fitted, round by round. */
  private static final double[] HELD = {0.01, 0.1, 1};

  private final GramProduct product;
  private final LayerMap map;
  private final float[] weights;
  private final float[] bias;
  private final Rows inputs;
  private final Rows targets;

  private Fit(
      GramProduct product, LayerMap map, float[] weights, float[] bias, Rows inputs, Rows targets) {
    this.product = product;
    this.map = map;
    this.weights = weights;
    this.bias = bias;
    this.inputs = inputs;
    this.targets = targets;
  }

  /**
   * @param weights of the layer as it is now; overwritten
   * @param bias none when the layer has none; overwritten
   * @param after what errors count after; LINEAR for least squares alone
   */
  static void fit(
      GramProduct product,
      LayerMap map,
      float[] weights,
      float[] bias,
      Rows inputs,
      Rows targets,
      Target.After after) {
    Fit fit = new Fit(product, map, weights, bias, inputs, targets);
    List<LinearFit> parts = new ArrayList<>();
    for (int i = 0; i < map.parts().size(); i++) {
      parts.add(fit.part(i));
    }
    parts.forEach(part -> part.solve(part.targets()));
    for (int round = 0; round < ROUNDS; round++) {
      for (LinearFit part : parts) {
        switch (after) {
          case RELU -> part.solve(part.released(HELD[round]));
          case SIGMOID, TANH -> part.step(after == Target.After.TANH);
          default -> {}
        }
      }
    }
    fit.store(parts);
  }

  private LinearFit part(int index) {
    double[][] start = Layer.matrix(map, weights, index);
    double[] constant = new double[map.outputs()];
    for (int o = 0; o < bias.length; o++) {
      constant[o] = bias[o];
    }
    return new LinearFit(
        product, start, constant, inputs.of(index), targets.of(index), bias.length > 0);
  }

  private void store(List<LinearFit> parts) {
    for (int o = 0; o < bias.length; o++) {
      double sum = 0;
      for (LinearFit part : parts) {
        sum += part.constant()[o];
      }
      bias[o] = (float) (sum / parts.size());
    }
    for (int i = 0; i < parts.size(); i++) {
      Layer.put(map, parts.get(i).weights(), i, weights);
    }
  }
}
