/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a model is built, where that decides what can be done with it.
 *
 * @param nodes of the graph, nested graphs and local functions
 * @param bodies the nested graphs, outer ones first
 * @param functions local functions
 * @param foreign operators of domains that nobody here knows; such nodes are kept as they are
 * @param quantized operators that compute on or convert quantized values, by name
 * @param inConstantNodes weights that stand in Constant nodes
 * @param tied initializers that more than one node uses, but for scalars and small shapes
 * @param overridable initializers that a caller may override, for they are inputs too
 */
public record ModelStructure(
    int nodes,
    List<Body> bodies,
    List<Function> functions,
    Map<String, Integer> foreign,
    Map<String, Integer> quantized,
    ModelFacts.Amount inConstantNodes,
    List<String> tied,
    List<String> overridable) {
  private static final int MIN_TIED_ELEMENTS = 16;

  private static final Set<String> QUANTIZED =
      Set.of(
          "QuantizeLinear",
          "DequantizeLinear",
          "DynamicQuantizeLinear",
          "ConvInteger",
          "MatMulInteger",
          "MatMulIntegerToFloat",
          "DynamicQuantizeMatMul",
          "DynamicQuantizeLSTM",
          "QGemm",
          "QAttention",
          "QEmbedLayerNormalization",
          "MatMulNBits",
          "MatMulBnb4",
          "GatherBlockQuantized");

  /** A graph that is a node's attribute, as the body of an If, Loop or Scan is. */
  public record Body(String node, String operator, String attribute, int nodes) {}

  /** A local function. */
  public record Function(String domain, String name, int nodes) {}

  public static ModelStructure of(OnnxModel model) {
    ModelProto proto = model.proto();
    List<Body> bodies = new ArrayList<>();
    GraphWalk.nodes(proto).forEach(node -> addBodies(node, bodies));
    return new ModelStructure(
        (int) GraphWalk.nodes(proto).count(),
        List.copyOf(bodies),
        proto.getFunctionsList().stream()
            .map(f -> new Function(f.getDomain(), f.getName(), f.getNodeCount()))
            .toList(),
        foreign(proto),
        counted(GraphWalk.nodes(proto).map(NodeProto::getOpType).filter(ModelStructure::quantized)),
        inConstantNodes(proto),
        tied(proto.getGraph()),
        overridable(proto));
  }

  private static void addBodies(NodeProto node, List<Body> bodies) {
    String name =
        node.getName().isEmpty() && node.getOutputCount() > 0 ? node.getOutput(0) : node.getName();
    for (AttributeProto attribute : node.getAttributeList()) {
      Stream.concat(
              attribute.hasG() ? Stream.of(attribute.getG()) : Stream.empty(),
              attribute.getGraphsList().stream())
          .map(g -> new Body(name, node.getOpType(), attribute.getName(), g.getNodeCount()))
          .forEach(bodies::add);
    }
  }

  private static Map<String, Integer> foreign(ModelProto proto) {
    Set<String> known = new TreeSet<>(ModelCheck.KNOWN_DOMAINS);
    proto.getFunctionsList().stream().map(FunctionProto::getDomain).forEach(known::add);
    return counted(
        GraphWalk.nodes(proto)
            .filter(node -> !known.contains(node.getDomain()))
            .map(node -> node.getDomain() + "." + node.getOpType()));
  }

  private static boolean quantized(String operator) {
    return QUANTIZED.contains(operator) || operator.startsWith("QLinear");
  }

  private static Map<String, Integer> counted(Stream<String> names) {
    return names.collect(Collectors.toMap(name -> name, name -> 1, Integer::sum, TreeMap::new));
  }

  private static ModelFacts.Amount inConstantNodes(ModelProto proto) {
    return GraphWalk.nodes(proto)
        .filter(node -> new Node(node).is("Constant"))
        .flatMap(node -> node.getAttributeList().stream())
        .filter(AttributeProto::hasT)
        .map(attribute -> FactsReader.amount(attribute.getT()))
        .reduce(ModelFacts.Amount.NONE, ModelFacts.Amount::plus);
  }

  private static List<String> tied(GraphProto graph) {
    Map<String, Integer> uses = new HashMap<>();
    graph.getNodeList().stream()
        .flatMap(node -> GraphNames.used(node).stream())
        .forEach(name -> uses.merge(name, 1, Integer::sum));
    return graph.getInitializerList().stream()
        .filter(tensor -> TensorSize.elements(tensor) >= MIN_TIED_ELEMENTS)
        .map(TensorProto::getName)
        .filter(name -> uses.getOrDefault(name, 0) > 1)
        .toList();
  }

  /** Before IR 4 every initializer is an input, and none is meant to be overridden. */
  private static List<String> overridable(ModelProto proto) {
    if (proto.getIrVersion() < PlainInitializers.FIRST_IR) {
      return List.of();
    }
    Set<String> required =
        ModelCheck.inputs(proto.getGraph()).stream()
            .map(ValueInfoProto::getName)
            .collect(Collectors.toSet());
    return proto.getGraph().getInputList().stream()
        .map(ValueInfoProto::getName)
        .filter(name -> !required.contains(name))
        .toList();
  }
}
