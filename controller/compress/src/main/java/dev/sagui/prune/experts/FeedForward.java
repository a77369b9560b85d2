/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.quantize.linear.LinearLayer;
import java.util.List;
import java.util.Optional;

/**
 * A feed-forward block: y = activation(x · W1 + b1) · W2 + b2, x [.., K], W1 [K, F], W2 [F, N].
 *
 * @param activation nodes that act on each hidden value alone, in an order in which they can run
 * @param before the hidden value in front of the activation
 * @param hidden the hidden value behind it, which the second layer alone uses
 */
record FeedForward(
    LinearLayer up, List<Node> activation, String before, String hidden, LinearLayer down) {
  FeedForward {
    activation = List.copyOf(activation);
  }

  /** Hidden neurons: F. */
  int width() {
    return up.outputs();
  }

  /** The value that the first layer multiplies. */
  String input() {
    return up.node().input(0);
  }

  String name() {
    return up.node().toString();
  }

  /** The constant [N] that a layer adds; empty when there is none. */
  static String bias(Graph graph, LinearLayer layer) {
    return layer.biasAdd(graph).map(layer::other).orElse(layer.addend());
  }

  /** What a layer gives, its bias added. */
  static String output(Graph graph, LinearLayer layer) {
    Optional<Node> add = layer.biasAdd(graph);
    return add.orElse(layer.node()).output(0);
  }

  /** Takes the block's nodes out of the graph. */
  void removeFrom(Graph graph) {
    for (LinearLayer layer : List.of(up, down)) {
      layer.biasAdd(graph).ifPresent(graph::remove);
      graph.remove(layer.node());
    }
    activation.forEach(graph::remove);
  }
}
