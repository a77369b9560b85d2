/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.train.gradient.Emitter;

/** A scalar that training makes small, as nodes of a graph; the mean over the batch. */
@FunctionalInterface
public interface Loss {
  /**
   * Adds the nodes, all of which have gradients with regard to the output.
   *
   * @return the name of a float32 scalar
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST when values of this shape or range are
   *     nothing that the loss compares
   */
  String add(Emitter emit, Pair pair);
}
