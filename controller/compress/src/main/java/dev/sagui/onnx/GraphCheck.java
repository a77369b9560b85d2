/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks what the ONNX specification asks of a graph beyond its operators: every value has one
 * maker, which stands before its users; attributes have one name each; domains have a version.
 */
public final class GraphCheck {
  /** More tell nobody anything. */
  private static final int MAX_FAULTS = 1000;

  private final List<String> faults = new ArrayList<>();
  private final Set<String> domains;

  private GraphCheck(ModelProto model) {
    domains =
        model.getOpsetImportList().stream()
            .map(opset -> standard(opset.getDomain()))
            .collect(Collectors.toCollection(HashSet::new));
    model.getFunctionsList().stream().map(FunctionProto::getDomain).forEach(domains::add);
  }

  /** One sentence a fault, the first thousand; empty for a sound model. */
  public static List<String> faults(ModelProto model) {
    GraphCheck check = new GraphCheck(model);
    check.graph(model.getGraph(), Set.of());
    return check.faults;
  }

  private void graph(GraphProto graph, Set<String> outer) {
    Set<String> known = new HashSet<>(outer);
    Set<String> made = new HashSet<>();
    graph.getInputList().forEach(input -> make(input.getName(), "input", made, known));
    graph.getInitializerList().forEach(tensor -> known.add(tensor.getName()));
    graph.getSparseInitializerList().forEach(sparse -> known.add(sparse.getValues().getName()));
    for (NodeProto node : graph.getNodeList()) {
      node(node, known);
      node.getOutputList().stream()
          .filter(output -> !output.isEmpty())
          .forEach(output -> make(output, describe(node), made, known));
    }
    graph.getOutputList().stream()
        .filter(output -> !known.contains(output.getName()))
        .forEach(output -> fault("nothing makes the output '" + output.getName() + "'"));
  }

  private void make(String value, String maker, Set<String> made, Set<String> known) {
    if (!made.add(value)) {
      fault("%s makes '%s' a second time".formatted(maker, value));
    }
    known.add(value);
  }

  private void node(NodeProto node, Set<String> known) {
    if (!domains.contains(standard(node.getDomain()))) {
      fault(
          "%s is of domain '%s', which has no opset version"
              .formatted(describe(node), node.getDomain()));
    }
    node.getInputList().stream()
        .filter(input -> !input.isEmpty() && !known.contains(input))
        .forEach(
            input ->
                fault(
                    "%s uses '%s', which nothing before it makes"
                        .formatted(describe(node), input)));
    Set<String> attributes = new HashSet<>();
    node.getAttributeList().stream()
        .filter(attribute -> !attributes.add(attribute.getName()))
        .forEach(
            attribute ->
                fault(
                    "%s has attribute '%s' twice".formatted(describe(node), attribute.getName())));
    GraphWalk.nested(node).forEach(nested -> graph(nested, known));
  }

  private void fault(String sentence) {
    if (faults.size() < MAX_FAULTS) {
      faults.add(sentence);
    }
  }

  private static String standard(String domain) {
    return Node.isStandard(domain) ? "" : domain;
  }

  private static String describe(NodeProto node) {
    return new Node(node).toString();
  }
}
