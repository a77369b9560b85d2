/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known on the way back through a graph: which values need gradients, and their sums. */
final class Tape {
  private final OnnxModel model;
  private final Graph graph;
  private final Shapes shapes;
  private final Emitter emit;
  private final Set<String> needed;
  private final Map<String, List<String>> parts = new HashMap<>();
  private final Map<String, String> sums = new HashMap<>();

  Tape(OnnxModel model, Graph graph, Shapes shapes, Set<String> wanted, List<Node> order) {
    this.model = model;
    this.graph = graph;
    this.shapes = shapes;
    this.emit = new Emitter(graph);
    this.needed = needed(wanted, order);
  }

  private static Set<String> needed(Set<String> wanted, List<Node> order) {
    Set<String> needed = new HashSet<>(wanted);
    for (Node node : order) {
      if (!GradientRules.isFlat(node) && node.uses().stream().anyMatch(needed::contains)) {
        needed.addAll(node.outputs());
      }
    }
    needed.remove("");
    return needed;
  }

  Emitter emit() {
    return emit;
  }

  Shapes shapes() {
    return shapes;
  }

  /** Whether a value depends on one whose gradient is wanted. */
  boolean needs(String value) {
    return needed.contains(value);
  }

  void add(String value, String gradient) {
    parts.computeIfAbsent(value, name -> new ArrayList<>()).add(gradient);
  }

  /** Whether the loss depends on a value, as far as the way back has come. */
  boolean has(String value) {
    return parts.containsKey(value);
  }

  /** The sum of what was added; nothing may be added afterwards. */
  Optional<String> gradient(String value) {
    List<String> all = parts.getOrDefault(value, List.of());
    return all.isEmpty()
        ? Optional.empty()
        : Optional.of(
            sums.computeIfAbsent(
                value,
                name ->
                    all.size() == 1 ? all.get(0) : emit.node("Sum", all.toArray(String[]::new))));
  }

  Optional<long[]> integers(String value) {
    return graph.constant(value).map(tensor -> read(() -> TensorValues.longs(model, tensor)));
  }

  Optional<double[]> numbers(String value) {
    return graph.constant(value).map(tensor -> read(() -> TensorValues.doubles(model, tensor)));
  }

  /** UNKNOWN where the value is no constant. */
  ElementType constantType(String value) {
    return graph
        .constant(value)
        .map(tensor -> ElementType.of(tensor.getDataType()))
        .orElse(ElementType.UNKNOWN);
  }

  /** The name of an output, which the node gets if it left it out. */
  String extraOutput(Node node, int index) {
    if (node.output(index).isEmpty()) {
      NodeProto.Builder more = node.proto().toBuilder();
      while (more.getOutputCount() <= index) {
        more.addOutput("");
      }
      graph.set(node, more.setOutput(index, graph.freshName("g")).build());
    }
    return node.output(index);
  }

  void replace(Node node, List<String> outputs) {
    graph.remove(node);
    for (int i = 0; i < outputs.size(); i++) {
      if (!node.output(i).isEmpty()) {
        String name = node.output(i);
        graph.add(NodeBuilder.of("Identity").inputs(outputs.get(i)).nameless(name).build());
      }
    }
  }

  void rewrite(Node node, NodeProto other) {
    graph.set(node, other);
  }

  private interface Read<T> {
    T now() throws IOException;
  }

  private static <T> T read(Read<T> read) {
    try {
      return read.now();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
