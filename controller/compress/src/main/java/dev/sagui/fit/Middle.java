/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The middle of a tensor. */
final class Middle {
  private final Tensor whole;
  private final List<Long> shape;
  private final ByteBuffer from;
  private final ByteBuffer to;

  private Middle(Tensor whole, List<Long> shape) {
    this.whole = whole;
    this.shape = shape;
    this.from = whole.data();
    long elements = shape.stream().reduce(1L, (a, b) -> a * b);
    this.to =
        ByteBuffer.allocateDirect(Math.toIntExact(elements * whole.type().bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * @param shape of as many dimensions, none longer
   */
  static Tensor of(Tensor whole, List<Long> shape) {
    Middle middle = new Middle(whole, shape);
    middle.copy(0, 0);
    return new Tensor(whole.name(), whole.type(), shape, middle.to.flip());
  }

  /**
   * @param at element of the whole where the sub-tensor of this axis begins
   */
  private void copy(int axis, long at) {
    long length = whole.shape().get(axis);
    long first = at * length + (length - shape.get(axis)) / 2;
    if (axis == shape.size() - 1) {
      int bytes = whole.type().bytes();
      ByteBuffer row = from.duplicate();
      row.position(Math.toIntExact(first * bytes));
      row.limit(Math.toIntExact((first + shape.get(axis)) * bytes));
      to.put(row);
      return;
    }
    for (long i = 0; i < shape.get(axis); i++) {
      copy(axis + 1, first + i);
    }
  }
}
