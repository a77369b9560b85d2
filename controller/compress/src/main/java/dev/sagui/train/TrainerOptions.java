/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

/**
 * How an objective is trained.
 *
 * @param steps of the optimizer in all
 * @param accumulate batches whose gradients make up one step
 * @param clip the most that the norm of a step's gradient may be; 0 for no limit
 * @param average share of the moving average of the values that is kept each step; 0 for none
 */
public record TrainerOptions(
    long steps,
    int accumulate,
    double clip,
    double average,
    OptimizerOptions optimizer,
    RateSchedule schedule) {
  /** With a rule's usual constants, no accumulation, a norm of 5 and a moving average. */
  public static TrainerOptions usual(long steps, OptimizerRule rule) {
    return new TrainerOptions(steps, 1, 5, 0.995, OptimizerOptions.usual(rule), RateSchedule.USUAL);
  }
}
