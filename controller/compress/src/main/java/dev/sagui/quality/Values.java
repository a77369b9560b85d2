/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** A tensor's shape and its elements as floats. */
record Values(List<Long> shape, float[] elements) {
  static Values of(Tensor tensor) {
    return new Values(tensor.shape(), Numbers.of(tensor));
  }

  /** Size of the first axis; 1 of a scalar. */
  int samples() {
    return shape.isEmpty() ? 1 : Math.toIntExact(shape.get(0));
  }

  /** One sample's elements, copied. */
  float[] sample(int index) {
    int size = elements.length / Math.max(1, samples());
    return Arrays.copyOfRange(elements, index * size, (index + 1) * size);
  }
}
