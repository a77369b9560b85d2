/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.List;
import java.util.Optional;

/**
 * What a layer of the pruned model aims at.
 *
 * @param value of the original model
 * @param skip value of the pruned model that is added to what the layer gives, so that the layer
 *     makes up for what that lost; empty when there is none
 * @param after what is computed from the value next
 */
record Target(String value, String skip, After after) {
  /** Errors count after it. */
  enum After {
    LINEAR,
    RELU,
    SIGMOID,
    TANH
  }

  /**
   * @param order of the graph's nodes: a skip must be there before the layer
   */
  static Target of(DependencyGraph dependencies, Node layer, List<Node> order) {
    Graph graph = dependencies.graph();
    String own = layer.output(0);
    Optional<Node> sum = graph.onlyUser(own).filter(user -> user.is("Add"));
    if (sum.isPresent() && !sum.get().input(0).equals(sum.get().input(1))) {
      String skip = sum.get().input(0).equals(own) ? sum.get().input(1) : sum.get().input(0);
      Optional<Node> producer = graph.producer(skip);
      boolean before = producer.isPresent() && order.indexOf(producer.get()) < order.indexOf(layer);
      boolean alike = dependencies.shape(skip).equals(dependencies.shape(own));
      if (alike && (before || graph.isInput(skip))) {
        return new Target(sum.get().output(0), skip, after(graph, sum.get().output(0)));
      }
    }
    return new Target(own, "", after(graph, own));
  }

  private static After after(Graph graph, String value) {
    return graph
        .onlyUser(value)
        .filter(Node::isStandard)
        .map(
            user ->
                switch (user.op()) {
                  case "Relu" -> After.RELU;
                  case "Sigmoid" -> After.SIGMOID;
                  case "Tanh" -> After.TANH;
                  default -> After.LINEAR;
                })
        .orElse(After.LINEAR);
  }
}
