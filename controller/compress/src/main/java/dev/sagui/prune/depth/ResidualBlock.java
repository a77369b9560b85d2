/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.depth;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A sum x + f(x) of which the branch f can be left out.
 *
 * @param sum what is added up, by the name of the value
 * @param skip x
 * @param branch f(x)
 * @param layers that only the branch needs
 * @param channelAxis of the branch, −1 for the last
 */
public record ResidualBlock(String sum, String skip, String branch, int layers, int channelAxis) {
  private static final Set<String> LAYERS =
      Set.of("Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU");

  /** In the order of the graph, of values of one shape: nothing is broadcast. */
  static List<ResidualBlock> of(OnnxModel model, Samples samples, int threads) throws IOException {
    List<ResidualBlock> blocks = of(model);
    List<Tensor> inputs = samples.first(1);
    Map<String, List<Long>> shapes = new HashMap<>();
    inputs.forEach(input -> shapes.put(input.name(), input.shape()));
    List<String> values = Taps.values(model);
    List<String> seen =
        blocks.stream()
            .flatMap(b -> Stream.of(b.sum(), b.skip(), b.branch()))
            .distinct()
            .filter(values::contains)
            .toList();
    if (!seen.isEmpty()) {
      try (Taps taps = Taps.of(model, seen, threads)) {
        shapes.putAll(taps.shapes(inputs));
      }
    }
    return blocks.stream()
        .filter(
            b -> {
              List<Long> shape = shapes.getOrDefault(b.branch(), List.of());
              return !shape.isEmpty()
                  && shape.equals(shapes.get(b.skip()))
                  && shape.equals(shapes.get(b.sum()));
            })
        .toList();
  }

  /** In the order of the graph; shapes are not looked at. */
  public static List<ResidualBlock> of(OnnxModel model) {
    Graph graph = new Graph(model);
    List<ResidualBlock> blocks = new ArrayList<>();
    for (Node node : graph.nodesInOrder()) {
      if (node.is("Add") && !node.input(0).equals(node.input(1))) {
        of(graph, node, 0).or(() -> of(graph, node, 1)).ifPresent(blocks::add);
      }
    }
    return blocks;
  }

  private static Optional<ResidualBlock> of(Graph graph, Node sum, int skipIndex) {
    String skip = sum.input(skipIndex);
    String branch = sum.input(1 - skipIndex);
    if (graph.constant(skip).isPresent()
        || graph.onlyUser(branch).isEmpty()
        || !sources(graph, branch).contains(skip)) {
      return Optional.empty();
    }
    Set<Node> own = own(graph, branch);
    int layers = (int) own.stream().filter(n -> n.isStandard() && LAYERS.contains(n.op())).count();
    return layers == 0
        ? Optional.empty()
        : Optional.of(
            new ResidualBlock(sum.output(0), skip, branch, layers, channelAxis(graph, branch)));
  }

  /** All values that a value is computed from. */
  private static Set<String> sources(Graph graph, String value) {
    Set<String> seen = new HashSet<>();
    List<String> open = new ArrayList<>(List.of(value));
    while (!open.isEmpty()) {
      graph
          .producer(open.remove(open.size() - 1))
          .ifPresent(node -> node.uses().stream().filter(seen::add).forEach(open::add));
    }
    return seen;
  }

  /** Nodes that nothing else needs. */
  static Set<Node> own(Graph graph, String branch) {
    Set<Node> own = new HashSet<>();
    List<String> open = new ArrayList<>(List.of(branch));
    while (!open.isEmpty()) {
      graph
          .producer(open.remove(open.size() - 1))
          .filter(node -> !own.contains(node) && isAlone(graph, node, branch, own))
          .ifPresent(
              node -> {
                own.add(node);
                open.addAll(node.uses());
              });
    }
    return own;
  }

  private static boolean isAlone(Graph graph, Node node, String branch, Set<Node> own) {
    return node.outputs().stream()
        .allMatch(
            output ->
                !graph.isOutput(output)
                    && (output.equals(branch) || own.containsAll(graph.users(output))));
  }

  /** As the nearest layer gives them. */
  private static int channelAxis(Graph graph, String branch) {
    Optional<Node> node = graph.producer(branch);
    while (node.isPresent()) {
      String op = node.get().op();
      if (LAYERS.contains(op)) {
        return op.startsWith("Conv") ? 1 : -1;
      }
      node = node.get().inputs().stream().flatMap(i -> graph.producer(i).stream()).findFirst();
    }
    return -1;
  }
}
