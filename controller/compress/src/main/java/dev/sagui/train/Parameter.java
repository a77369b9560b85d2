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

  /** The sum of its elements' squares; finite unless one of them is not. */
  double power(float[] all) {
    double p = 0;
    double q = 0;
    double r = 0;
    double s = 0;
    int end = offset + size();
    int i = offset;
    for (; i + 4 <= end; i += 4) {
      p += (double) all[i] * all[i];
      q += (double) all[i + 1] * all[i + 1];
      r += (double) all[i + 2] * all[i + 2];
      s += (double) all[i + 3] * all[i + 3];
    }
    for (; i < end; i++) {
      p += (double) all[i] * all[i];
    }
    return p + q + (r + s);
  }
}
