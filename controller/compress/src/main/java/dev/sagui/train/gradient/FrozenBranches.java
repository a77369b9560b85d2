/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.gradient;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the branch that an If with a constant condition takes in its place: gradients pass nodes of
 * the graph, not of a graph in a node.
 */
public final class FrozenBranches {
  private final OnnxModel model;
  private final Graph graph;

  private FrozenBranches(OnnxModel model) {
    this.model = model;
    this.graph = new Graph(model);
  }

  /** The model without Ifs whose condition is an initializer; the same where it has none. */
  public static OnnxModel inlined(OnnxModel model) throws IOException {
    if (model.graph().getNodeList().stream().noneMatch(n -> n.getOpType().equals("If"))) {
      return model;
    }
    FrozenBranches branches = new FrozenBranches(model);
    while (branches.inlinedOne()) {}
    return model.with(model.proto().toBuilder().setGraph(branches.graph.build()).build());
  }

  private boolean inlinedOne() throws IOException {
    for (Node node : graph.nodes()) {
      Optional<TensorProto> condition =
          node.is("If") ? graph.constant(node.input(0)) : Optional.empty();
      if (condition.isPresent()) {
        boolean taken = TensorValues.longs(model, condition.get())[0] != 0;
        AttributeProto branch = node.attribute(taken ? "then_branch" : "else_branch").orElseThrow();
        graph.remove(node);
        inline(node, branch.getG());
        return true;
      }
    }
    return false;
  }

  private void inline(Node node, GraphProto branch) {
    Map<String, String> names = new LinkedHashMap<>();
    for (NodeProto inner : branch.getNodeList()) {
      inner.getOutputList().stream()
          .filter(name -> !name.isEmpty())
          .forEach(name -> names.put(name, graph.freshName(name)));
    }
    for (TensorProto tensor : branch.getInitializerList()) {
      names.put(tensor.getName(), graph.addConstant(tensor.getName(), tensor));
    }
    for (NodeProto inner : branch.getNodeList()) {
      NodeProto.Builder named = inner.toBuilder();
      for (int i = 0; i < inner.getOutputCount(); i++) {
        named.setOutput(i, names.getOrDefault(inner.getOutput(i), ""));
      }
      graph.add(named.build());
    }
    for (int i = 0; i < branch.getOutputCount(); i++) {
      String inner = branch.getOutput(i).getName();
      graph.add(NodeBuilder.of("Identity").inputs(inner).nameless(node.output(i)).build());
    }
    names.forEach(graph::replaceUses);
  }
}
