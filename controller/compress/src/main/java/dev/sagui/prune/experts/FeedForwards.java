/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.TensorSize;
import dev.sagui.quantize.linear.LinearLayer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the feed-forward blocks of a graph, and what stopped the search where there is none. */
final class FeedForwards {
  /** Operators that act on each element alone, when their other inputs are single numbers. */
  private static final Set<String> ELEMENTWISE =
      Set.of(
          "Add",
          "Celu",
          "Clip",
          "Div",
          "Elu",
          "Erf",
          "FastGelu",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "LeakyRelu",
          "Mish",
          "Mul",
          "Pow",
          "QuickGelu",
          "Relu",
          "Selu",
          "Sigmoid",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Sub",
          "Tanh",
          "ThresholdedRelu");

  private final Graph graph;
  private final List<FeedForward> blocks = new ArrayList<>();
  private final List<String> obstacles = new ArrayList<>();

  private FeedForwards(Graph graph) {
    this.graph = graph;
  }

  static FeedForwards of(Graph graph) {
    FeedForwards found = new FeedForwards(graph);
    Set<Node> taken = new HashSet<>();
    for (Node node : graph.nodes()) {
      if (!taken.contains(node)) {
        LinearLayer.find(graph, node)
            .flatMap(found::from)
            .ifPresent(
                block -> {
                  taken.add(block.down().node());
                  found.blocks.add(block);
                });
      }
    }
    return found;
  }

  List<FeedForward> blocks() {
    return List.copyOf(blocks);
  }

  /** Why the most promising product begins no block. */
  String obstacle() {
    return obstacles.stream().findFirst().orElse("no MatMul or Gemm has constant float32 weights");
  }

  private Optional<FeedForward> from(LinearLayer up) {
    String wrong = obstacle(up);
    if (!wrong.isEmpty()) {
      obstacles.add("%s cannot be the first layer: %s".formatted(up.node(), wrong));
      return Optional.empty();
    }
    String before = FeedForward.output(graph, up);
    Set<String> values = new LinkedHashSet<>(List.of(before));
    Set<Node> activation = activation(values);
    List<Node> exits = new ArrayList<>();
    String hidden = before;
    for (String value : values) {
      for (Node user : graph.users(value)) {
        if (!activation.contains(user)) {
          exits.add(user);
          hidden = value;
        }
      }
    }
    boolean shown = values.stream().anyMatch(graph::isOutput);
    if (activation.isEmpty() || shown || exits.size() != 1) {
      obstacles.add(stopped(up, activation, exits, shown));
      return Optional.empty();
    }
    return second(up, activation, exits.get(0), before, hidden);
  }

  private Optional<FeedForward> second(
      LinearLayer up, Set<Node> activation, Node exit, String before, String hidden) {
    Optional<LinearLayer> down =
        LinearLayer.find(graph, exit)
            .filter(layer -> exit.input(0).equals(hidden) && layer.inputs() == up.outputs());
    String wrong = down.map(this::obstacle).orElse("it is no product with constant weights");
    if (!wrong.isEmpty()) {
      obstacles.add(0, "behind %s, %s stopped the search: %s".formatted(up.node(), exit, wrong));
      return Optional.empty();
    }
    return down.map(layer -> new FeedForward(up, List.copyOf(activation), before, hidden, layer));
  }

  private static String stopped(
      LinearLayer up, Set<Node> activation, List<Node> exits, boolean shown) {
    if (shown) {
      return "what %s gives is an output of the model".formatted(up.node());
    }
    String where =
        exits.isEmpty()
            ? "nothing uses it"
            : exits.stream().limit(3).map(Node::toString).reduce((a, b) -> a + " and " + b).get();
    return activation.isEmpty()
        ? "behind %s there is no activation, but %s".formatted(up.node(), where)
        : "behind %s, %s stopped the search: one layer alone must use the hidden values"
            .formatted(up.node(), where);
  }

  /** What makes a layer unfit; empty if nothing does. */
  private String obstacle(LinearLayer layer) {
    if (!layer.obstacle().isEmpty()) {
      return layer.obstacle();
    }
    boolean plain = layer.addend().isEmpty() || layer.isBias(graph, layer.addend());
    return plain ? "" : "its Gemm adds more than a constant bias";
  }

  /** The nodes behind a value that act on each element alone; their outputs join the values. */
  private Set<Node> activation(Set<String> values) {
    Set<Node> nodes = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(values);
    while (!open.isEmpty()) {
      for (Node user : graph.users(open.remove())) {
        if (isElementwise(user, values) && nodes.add(user)) {
          values.add(user.output(0));
          open.add(user.output(0));
        }
      }
    }
    return nodes;
  }

  private boolean isElementwise(Node node, Set<String> values) {
    return ELEMENTWISE.contains(node.op())
        && (node.isStandard() || node.proto().getDomain().equals("com.microsoft"))
        && node.inputs().stream()
            .allMatch(input -> input.isEmpty() || values.contains(input) || isNumber(input));
  }

  private boolean isNumber(String value) {
    return graph.constant(value).map(TensorSize::elements).filter(count -> count == 1).isPresent()
        || graph
            .producer(value)
            .filter(node -> node.is("Constant"))
            .flatMap(node -> node.attribute("value"))
            .map(AttributeProto::getT)
            .map(TensorSize::elements)
            .filter(count -> count == 1)
            .isPresent();
  }
}
