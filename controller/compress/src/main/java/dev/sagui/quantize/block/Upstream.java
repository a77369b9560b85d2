/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.onnx.GraphWalk;
import dev.sagui.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The part of a model that a value is made by, so that no more is loaded and run to see it. */
final class Upstream {
  private Upstream() {}

  /** The model with that value as its output, or as it is when no node of its graph gives it. */
  static OnnxModel of(OnnxModel model, String value) {
    GraphProto graph = model.graph();
    Set<String> needed = new HashSet<>(Set.of(value));
    List<NodeProto> kept = new ArrayList<>();
    for (int i = graph.getNodeCount() - 1; i >= 0; i--) {
      NodeProto node = graph.getNode(i);
      if (node.getOutputList().stream().anyMatch(needed::contains)) {
        kept.add(0, node);
        needed.addAll(node.getInputList());
        nested(node).forEach(inner -> needed.addAll(inner.getInputList()));
      }
    }
    if (kept.isEmpty()) {
      return model;
    }
    GraphProto.Builder part = graph.toBuilder().clearNode().addAllNode(kept).clearInitializer();
    graph.getInitializerList().stream()
        .filter(tensor -> needed.contains(tensor.getName()))
        .forEach(part::addInitializer);
    part.clearOutput().addOutput(ValueInfoProto.newBuilder().setName(value));
    return model.with(model.proto().toBuilder().setGraph(part).build());
  }

  private static Stream<NodeProto> nested(NodeProto node) {
    return GraphWalk.nodes(GraphProto.newBuilder().addNode(node).build()).skip(1);
  }
}
