/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Taps;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sums x + f(x): without the branch f the model has the same shapes and less to compute (arXiv
 * 1605.06431 on why that harms little).
 */
final class Residuals {
  private Residuals() {}

  /**
   * @param sum what the addition gives
   * @param skip what goes past the branch
   */
  record Branch(String sum, String skip) {}

  /** In the order of the graph. */
  static List<Branch> of(OnnxModel model, List<Tensor> inputs, int threads) throws IOException {
    Graph graph = new Graph(model);
    List<Branch> found = new ArrayList<>();
    for (Node node : graph.nodesInOrder()) {
      if (node.is("Add")) {
        branch(graph, node, node.input(0), node.input(1))
            .or(() -> branch(graph, node, node.input(1), node.input(0)))
            .ifPresent(found::add);
      }
    }
    Set<String> values = new HashSet<>();
    found.forEach(branch -> values.addAll(List.of(branch.sum(), branch.skip())));
    if (values.isEmpty()) {
      return found;
    }
    values.removeIf(graph::isInput);
    Map<String, List<Long>> shapes;
    try (Taps taps = Taps.of(model, values, threads)) {
      shapes = new java.util.HashMap<>(taps.shapes(inputs));
    }
    inputs.forEach(input -> shapes.put(input.name(), input.shape()));
    found.removeIf(
        branch ->
            !shapes
                .getOrDefault(branch.sum(), List.of(-1L))
                .equals(shapes.getOrDefault(branch.skip(), List.of())));
    return found;
  }

  private static Optional<Branch> branch(Graph graph, Node sum, String skip, String branch) {
    Optional<Node> end = graph.producer(branch);
    if (end.isEmpty() || (graph.producer(skip).isEmpty() && !graph.isInput(skip))) {
      return Optional.empty();
    }
    Set<Node> before = new HashSet<>();
    graph.producer(skip).ifPresent(node -> collect(graph, node, before));
    boolean grown = false;
    Deque<Node> open = new ArrayDeque<>(List.of(end.get()));
    Set<Node> inside = new HashSet<>(List.of(end.get()));
    while (!open.isEmpty()) {
      Node node = open.pop();
      if (before.contains(node) || node.outputs().stream().anyMatch(graph::isOutput)) {
        return Optional.empty();
      }
      for (String used : node.uses()) {
        grown |= used.equals(skip);
        graph
            .producer(used)
            .filter(producer -> !used.equals(skip) && !before.contains(producer))
            .filter(inside::add)
            .ifPresent(open::push);
      }
    }
    return grown ? Optional.of(new Branch(sum.output(0), skip)) : Optional.empty();
  }

  private static void collect(Graph graph, Node from, Set<Node> into) {
    Deque<Node> open = new ArrayDeque<>(List.of(from));
    into.add(from);
    while (!open.isEmpty()) {
      for (String used : open.pop().uses()) {
        graph.producer(used).filter(into::add).ifPresent(open::push);
      }
    }
  }

  /** The model without some branches; their sums are what went past them. */
  static OnnxModel without(OnnxModel model, List<Branch> branches) {
    Graph graph = new Graph(model);
    for (Branch branch : branches) {
      graph
          .producer(branch.sum())
          .ifPresent(
              node ->
                  graph.set(
                      node,
                      NodeBuilder.of("Identity")
                          .inputs(branch.skip())
                          .output(branch.sum())
                          .build()));
    }
    prune(graph);
    return Blocks.built(model, graph);
  }

  private static void prune(Graph graph) {
    List<Node> order = graph.nodesInOrder();
    for (int i = order.size() - 1; i >= 0; i--) {
      if (order.get(i).outputs().stream().noneMatch(graph::isUsed)) {
        graph.remove(order.get(i));
      }
    }
    for (String name : graph.initializers()) {
      if (!graph.isUsed(name) && !graph.isInput(name)) {
        graph.removeInitializer(name);
      }
    }
  }
}
