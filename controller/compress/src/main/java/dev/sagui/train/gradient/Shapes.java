/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import java.util.List;

/** The shape of each value of a graph. */
@FunctionalInterface
public interface Shapes {
  /**
   * Every dimension, each known; empty for a scalar.
   *
   * @throws dev.sagui.failure.RejectedException UNSUPPORTED_MODEL where it is not fixed
   */
  List<Long> of(String value);
}
