/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is between a layer and those that take what it gives.
 *
 * @param between nodes that treat each channel alone and all alike, in order
 * @param takers layers that sum over the channels
 */
record ChannelPath(List<Node> between, List<Node> takers) {
  private static final Set<String> POINTWISE =
      Set.of(
          "Relu",
          "LeakyRelu",
          "Elu",
          "Selu",
          "Celu",
          "Sigmoid",
          "Tanh",
          "HardSigmoid",
          "HardSwish",
          "Softplus",
          "Softsign",
          "Mish",
          "Erf",
          "Gelu",
          "Exp",
          "Neg",
          "Abs",
          "Sqrt",
          "Floor");

  private static final Set<String> POOLS =
      Set.of("MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool");

  /** Empty where anything else uses the channels. */
  static Optional<ChannelPath> of(Graph graph, Node layer) {
    List<Node> between = new ArrayList<>();
    List<Node> takers = new ArrayList<>();
    List<String> open = new ArrayList<>(List.of(layer.output(0)));
    while (!open.isEmpty()) {
      String value = open.remove(open.size() - 1);
      if (graph.isOutput(value)) {
        return Optional.empty();
      }
      for (Node user : graph.users(value)) {
        if (takes(graph, user, value)) {
          takers.add(user);
        } else if (treatsAlike(user)) {
          between.add(user);
          open.add(user.output(0));
        } else {
          return Optional.empty();
        }
      }
    }
    return takers.isEmpty()
        ? Optional.empty()
        : Optional.of(new ChannelPath(List.copyOf(between), List.copyOf(takers)));
  }

  private static boolean treatsAlike(Node node) {
    return node.isStandard()
        && node.inputs().size() == 1
        && node.outputs().size() == 1
        && (POINTWISE.contains(node.op()) || POOLS.contains(node.op()));
  }

  private static boolean takes(Graph graph, Node node, String value) {
    return Layer.isLayer(node)
        && node.inputs().lastIndexOf(value) == 0
        && node.integer("group", 1) == 1
        && node.integer("transA", 0) == 0
        && graph.users(node.input(1)).size() == 1
        && (!node.hasInput(2) || graph.users(node.input(2)).size() == 1);
  }

  boolean isLinear() {
    return between.isEmpty();
  }

  /** What a constant becomes on the way to the layers; empty where that is not known. */
  Optional<Double> constant(double value) {
    if (between.size() > 1) {
      return Optional.empty();
    }
    return between.isEmpty() ? Optional.of(value) : image(between.get(0), value);
  }

  private static Optional<Double> image(Node node, double value) {
    return switch (node.op()) {
      case "Relu" -> Optional.of(Math.max(0, value));
      case "LeakyRelu" -> Optional.of(value >= 0 ? value : value * node.number("alpha", 0.01f));
      case "Sigmoid" -> Optional.of(1 / (1 + Math.exp(-value)));
      case "Tanh" -> Optional.of(Math.tanh(value));
      case "MaxPool", "GlobalMaxPool", "GlobalAveragePool", "Abs" ->
          Optional.of(node.is("Abs") ? Math.abs(value) : value);
      case "HardSwish", "Gelu", "Erf", "Softsign", "Mish", "Neg", "Elu", "Selu", "Celu", "Sqrt" ->
          value == 0 ? Optional.of(0.0) : Optional.empty();
      default -> Optional.empty();
    };
  }
}
