/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

/**
 * An optimizer and its constants.
 *
 * @param rate of learning, before the schedule
 * @param beta1 share of the first moment that is kept each step; the momentum of SGD
 * @param beta2 share of the second moment that is kept; of Lion's momentum
 * @param epsilon added to the root of the second moment
 * @param decay of weights with two or more dimensions; biases and scales keep their size
 */
public record OptimizerOptions(
    OptimizerRule rule, double rate, double beta1, double beta2, double epsilon, double decay) {
  /** What usually works for a rule. */
  public static OptimizerOptions usual(OptimizerRule rule) {
    return switch (rule) {
      case SGD -> new OptimizerOptions(rule, 0.01, 0.9, 0, 0, 0);
      case ADAM -> new OptimizerOptions(rule, 1e-3, 0.9, 0.999, 1e-8, 0);
      case ADAMW -> new OptimizerOptions(rule, 1e-3, 0.9, 0.999, 1e-8, 0.01);
      case LION -> new OptimizerOptions(rule, 1e-4, 0.9, 0.99, 0, 0.01);
    };
  }

  public OptimizerOptions withRate(double other) {
    return new OptimizerOptions(rule, other, beta1, beta2, epsilon, decay);
  }
}
