/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import java.util.List;

/**
 * A tensor that training changes.
 *
 * @param name of the initializer
 * @param offset of its first element among all parameters, in elements
 * @param trained by its gradient; else it is state that a step renews, such as the running mean of
 *     a normalization
 */
public record Parameter(String name, List<Long> shape, int offset, boolean trained) {
  public Parameter {
    shape = List.copyOf(shape);
  }

  /** Elements. */
  public int size() {
    return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
  }
}
