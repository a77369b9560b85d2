/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.stream.Stream;

/** Ways through a graph and the graphs nested in it. */
public final class GraphWalk {
  private GraphWalk() {}

  /** Every node of the model: its graph, nested graphs and local functions. */
  static Stream<NodeProto> nodes(ModelProto model) {
    return Stream.concat(
        nodes(model.getGraph()),
        model.getFunctionsList().stream()
            .flatMap(f -> f.getNodeList().stream().flatMap(GraphWalk::deep)));
  }

  /** Every node of a graph and of the graphs nested in it. */
  public static Stream<NodeProto> nodes(GraphProto graph) {
    return graph.getNodeList().stream().flatMap(GraphWalk::deep);
  }

  /** The graphs that are a node's attributes. */
  static Stream<GraphProto> nested(NodeProto node) {
    return node.getAttributeList().stream().flatMap(GraphWalk::graphs);
  }

  private static Stream<NodeProto> deep(NodeProto node) {
    return Stream.concat(Stream.of(node), nested(node).flatMap(GraphWalk::nodes));
  }

  private static Stream<GraphProto> graphs(AttributeProto attribute) {
    Stream<GraphProto> many = attribute.getGraphsList().stream();
    return attribute.hasG() ? Stream.concat(Stream.of(attribute.getG()), many) : many;
  }
}
