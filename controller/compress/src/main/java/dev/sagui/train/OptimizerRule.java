/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

/** How a gradient moves a parameter. */
public enum OptimizerRule {
  /** Stochastic gradient descent with momentum (Sutskever et al. 2013, as PyTorch computes it). */
  SGD(1),
  /** Kingma and Ba 2015; weight decay is added to the gradient. */
  ADAM(2),
  /** Loshchilov and Hutter 2019: weight decay beside the gradient. */
  ADAMW(2),
  /** Chen et al. 2023: the sign of an interpolated momentum. */
  LION(1);

  private final int moments;

  OptimizerRule(int moments) {
    this.moments = moments;
  }

  /** Numbers that are kept for each parameter. */
  int moments() {
    return moments;
  }
}
