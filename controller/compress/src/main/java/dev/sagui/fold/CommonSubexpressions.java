/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Computes once what several nodes compute from the same values in the same way. */
final class CommonSubexpressions implements Pass {
  @Override
  public String name() {
    return "common-subexpressions";
  }

  @Override
  public int apply(Bench bench) {
    Graph graph = bench.graph();
    Map<NodeProto, Node> first = new HashMap<>();
    int removed = 0;
    for (Node node : graph.nodes()) {
      if (!Operators.isPure(node)) {
        continue;
      }
      Node same = first.putIfAbsent(key(node.proto()), node);
      if (same != null && node.outputs().stream().noneMatch(graph::isOutput)) {
        for (int i = 0; i < node.outputs().size(); i++) {
          graph.replaceUses(node.output(i), same.output(i));
        }
        graph.remove(node);
        removed++;
      }
    }
    return removed;
  }

  /** The node without names of its own; which outputs it has matters, not how they are called. */
  private static NodeProto key(NodeProto node) {
    NodeProto.Builder key = node.toBuilder().clearName().clearDocString().clearOutput();
    node.getOutputList().forEach(output -> key.addOutput(output.isEmpty() ? "" : "made"));
    List<AttributeProto> sorted =
        node.getAttributeList().stream()
            .map(attribute -> attribute.toBuilder().clearDocString().build())
            .sorted(Comparator.comparing(AttributeProto::getName))
            .toList();
    return key.clearAttribute().addAllAttribute(sorted).build();
  }
}
