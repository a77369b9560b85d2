/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** The names of values: which a graph has, which a node uses, nested graphs included. */
final class GraphNames {
  private GraphNames() {}

  /** Every name of a value or node, in nested graphs too. */
  static Set<String> all(GraphProto graph) {
    Set<String> names = new HashSet<>();
    collect(graph, names);
    return names;
  }

  /** A name like {@code hint} that is not among {@code names}, which it joins. */
  static String fresh(Set<String> names, String hint) {
    String name = hint;
    for (int i = 1; !names.add(name); i++) {
      name = hint + "_" + i;
    }
    return name;
  }

  private static void collect(GraphProto graph, Set<String> names) {
    names.addAll(defined(graph));
    graph.getOutputList().forEach(output -> names.add(output.getName()));
    for (NodeProto node : graph.getNodeList()) {
      names.add(node.getName());
      names.addAll(node.getInputList());
      GraphWalk.nested(node).forEach(nested -> collect(nested, names));
    }
  }

  /** What a graph itself gives a name to. */
  private static Set<String> defined(GraphProto graph) {
    Set<String> names = new HashSet<>();
    graph.getInputList().forEach(input -> names.add(input.getName()));
    graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
    graph.getSparseInitializerList().forEach(s -> names.add(s.getValues().getName()));
    graph.getNodeList().forEach(node -> names.addAll(node.getOutputList()));
    return names;
  }

  /** The values that a node takes from the graph that it stands in; in the order of its inputs. */
  static Set<String> used(NodeProto node) {
    Set<String> used = new LinkedHashSet<>(node.getInputList());
    used.remove("");
    GraphWalk.nested(node).forEach(nested -> used.addAll(captured(nested)));
    return used;
  }

  /** What a nested graph takes from outside. */
  static Set<String> captured(GraphProto graph) {
    Set<String> captured = new LinkedHashSet<>();
    graph.getNodeList().forEach(node -> captured.addAll(used(node)));
    graph.getOutputList().forEach(output -> captured.add(output.getName()));
    captured.removeAll(defined(graph));
    return captured;
  }

  /** The node with {@code to} in place of {@code from} wherever it uses that. */
  static NodeProto renamed(NodeProto node, String from, String to) {
    NodeProto.Builder builder = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      if (node.getInput(i).equals(from)) {
        builder.setInput(i, to);
      }
    }
    for (int i = 0; i < node.getAttributeCount(); i++) {
      AttributeProto attribute = node.getAttribute(i);
      if (attribute.hasG() || attribute.getGraphsCount() > 0) {
        builder.setAttribute(i, renamed(attribute, from, to));
      }
    }
    return builder.build();
  }

  private static AttributeProto renamed(AttributeProto attribute, String from, String to) {
    AttributeProto.Builder builder = attribute.toBuilder();
    if (attribute.hasG()) {
      builder.setG(renamed(attribute.getG(), from, to));
    }
    for (int i = 0; i < attribute.getGraphsCount(); i++) {
      builder.setGraphs(i, renamed(attribute.getGraphs(i), from, to));
    }
    return builder.build();
  }

  /** An inner value of the same name hides the outer one: such a graph stays as it is. */
  private static GraphProto renamed(GraphProto graph, String from, String to) {
    if (defined(graph).contains(from)) {
      return graph;
    }
    GraphProto.Builder builder = graph.toBuilder();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      builder.setNode(i, renamed(graph.getNode(i), from, to));
    }
    for (int i = 0; i < graph.getOutputCount(); i++) {
      if (graph.getOutput(i).getName().equals(from)) {
        builder.setOutput(i, graph.getOutput(i).toBuilder().setName(to));
      }
    }
    return builder.build();
  }
}
