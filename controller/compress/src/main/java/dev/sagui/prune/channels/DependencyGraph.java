/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.OpsetUpgrade;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which positions along which axes of which tensors go together when channels are removed
 * (DepGraph, arXiv 2301.12900, by positions instead of layers): every axis of a constant starts
 * with positions of its own, and each node unites what it lines up. A node without a rule keeps all
 * that it touches.
 */
final class DependencyGraph {
  private static final Set<ElementType> CUTTABLE =
      Set.of(ElementType.FLOAT, ElementType.FLOAT16, ElementType.DOUBLE);

  /** Of constants that quantization nodes alone take; elsewhere integers are indices and sizes. */
  private static final Set<ElementType> QUANTIZED =
      Set.of(ElementType.INT8, ElementType.UINT8, ElementType.INT32);

  private final OnnxModel model;
  private final Graph graph;
  private final Map<String, List<Long>> shapes;
  private final Atoms atoms = new Atoms();
  private final Map<String, List<Axis>> layouts = new LinkedHashMap<>();
  private final Map<Node, Rewrite> rewrites = new LinkedHashMap<>();
  private final List<Consumer> consumers = new ArrayList<>();

  private DependencyGraph(OnnxModel model, Map<String, List<Long>> shapes) {
    this.model = model;
    this.graph = new Graph(model);
    this.shapes = shapes;
  }

  /**
   * @param model cleaned up: constants are initializers
   * @param shapes of the graph's inputs and of every value that a node gives, in one run
   */
  static DependencyGraph of(OnnxModel model, Map<String, List<Long>> shapes) {
    DependencyGraph dependencies = new DependencyGraph(model, shapes);
    dependencies.trace();
    return dependencies;
  }

  private void trace() {
    for (String name : graph.initializers()) {
      graph.constant(name).ifPresent(tensor -> layouts.put(name, constant(tensor)));
    }
    for (Node node : graph.nodes()) {
      Rule rule = node.hasNestedGraph() ? Rule.NESTED : Rules.of(node);
      rule.apply(new RuleContext(this, node), node);
      for (String output : node.outputs()) {
        if (!output.isEmpty() && !layouts.containsKey(output)) {
          layouts.put(output, fixed(output));
        }
      }
    }
    model
        .graph()
        .getOutputList()
        .forEach(output -> keep(output.getName(), "it is an output of the model"));
  }

  private List<Axis> constant(TensorProto tensor) {
    ElementType type = ElementType.of(tensor.getDataType());
    boolean cuttable =
        CUTTABLE.contains(type) || (QUANTIZED.contains(type) && isQuantized(tensor.getName()));
    return tensor.getDimsList().stream()
        .map(
            length ->
                cuttable && length > 1
                    ? Axis.of(atoms.fresh(Math.toIntExact(length)))
                    : Axis.fixed(length))
        .toList();
  }

  private boolean isQuantized(String name) {
    return graph.users(name).stream()
        .allMatch(node -> node.is("QuantizeLinear") || node.is("DequantizeLinear"));
  }

  private List<Axis> fixed(String value) {
    return shape(value).stream().map(Axis::fixed).toList();
  }

  /** The axes of a value; all fixed where nothing is known about it but its shape. */
  List<Axis> layout(String value) {
    return layouts.computeIfAbsent(value, this::fixed);
  }

  void layout(String value, List<Axis> axes) {
    layouts.put(value, axes);
  }

  /** The shape that a value had in the run. */
  List<Long> shape(String value) {
    return graph
        .constant(value)
        .map(TensorProto::getDimsList)
        .orElse(shapes.getOrDefault(value, List.of()));
  }

  /** All positions of a value must stay. */
  void keep(String value, String why) {
    layout(value).forEach(axis -> atoms.freeze(axis.atoms(), why));
  }

  void rewrite(Node node, Rewrite rewrite) {
    rewrites.put(node, rewrite);
  }

  void consumer(Consumer consumer) {
    consumers.add(consumer);
  }

  Atoms atoms() {
    return atoms;
  }

  Graph graph() {
    return graph;
  }

  OnnxModel model() {
    return model;
  }

  long opset() {
    return OpsetUpgrade.version(model.proto());
  }

  Map<Node, Rewrite> rewrites() {
    return rewrites;
  }

  /** Layers that sum over an axis that may be cut, in the order of the graph. */
  List<Consumer> consumers() {
    return consumers;
  }
}
