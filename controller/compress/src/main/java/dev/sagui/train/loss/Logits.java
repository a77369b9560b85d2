/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.onnx.Node;
import dev.sagui.train.gradient.Emitter;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the probabilities that a model gives were made of. Logarithms of probabilities are exact
 * when they are taken from there, and have gradients where the probabilities are 0 or 1.
 */
final class Logits {
  /** Probabilities count as this at least where they are all there is. */
  static final double LEAST = 1e-7;

  private static final Set<String> KEEP_ORDER =
      Set.of("Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze");

  private Logits() {}

  /** The input of the Sigmoid that gives {@code value}, in the shape of the value. */
  static Optional<String> behindSigmoid(Emitter emit, String value, List<Long> shape) {
    Optional<Node> node = producer(emit, value);
    if (node.isPresent() && KEEP_ORDER.contains(node.get().op())) {
      return behindSigmoid(emit, node.get().input(0), shape).map(z -> emit.reshape(z, shape));
    }
    return node.filter(found -> found.op().equals("Sigmoid")).map(found -> found.input(0));
  }

  /** The input of the Softmax along {@code axis} that gives {@code value}. */
  static Optional<String> behindSoftmax(Emitter emit, String value, int axis, int rank) {
    return producer(emit, value)
        .filter(node -> node.op().equals("Softmax"))
        .filter(node -> Math.floorMod(node.integer("axis", -1), rank) == axis)
        .map(node -> node.input(0));
  }

  private static Optional<Node> producer(Emitter emit, String value) {
    return emit.producer(value).filter(Node::isStandard);
  }
}
