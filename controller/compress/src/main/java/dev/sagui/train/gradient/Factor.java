/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import dev.sagui.onnx.Node;
import java.util.List;

/**
 * One side of a product, a vector as the matrix that it counts as.
 *
 * @param shape of the value, […, rows, columns] or, transposed, […, columns, rows]
 */
record Factor(int input, String value, List<Long> shape, boolean transposed) {
  static Factor left(Node node, Backward to) {
    List<Long> shape = to.inputShape(0);
    return of(
        to, 0, shape.size() == 1 ? List.of(1L, shape.get(0)) : shape, node.integer("transA", 0));
  }

  static Factor right(Node node, Backward to) {
    List<Long> shape = to.inputShape(1);
    return of(
        to, 1, shape.size() == 1 ? List.of(shape.get(0), 1L) : shape, node.integer("transB", 0));
  }

  private static Factor of(Backward to, int input, List<Long> wide, long transposed) {
    String value = to.node().input(input);
    boolean vector = to.inputShape(input).size() == 1;
    String matrix = vector ? to.emit().reshape(value, wide) : value;
    return new Factor(input, matrix, wide, transposed == 1 && !vector);
  }

  long rows() {
    return shape.get(shape.size() - (transposed ? 1 : 2));
  }

  long columns() {
    return shape.get(shape.size() - (transposed ? 2 : 1));
  }

  /** Hands the input its gradient, given for the batches of the output. */
  void give(Backward to, String gradient, List<Long> full) {
    String summed = to.summed(gradient, full, shape);
    List<Long> own = to.inputShape(input);
    to.give(input, own.equals(shape) ? summed : to.emit().reshape(summed, own));
  }
}
