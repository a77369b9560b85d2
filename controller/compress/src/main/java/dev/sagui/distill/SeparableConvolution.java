/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.distill;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import java.util.List;

/** A convolution as a depthwise and a pointwise one. */
record SeparableConvolution(Convolution layer, Fitting form) implements Replacement {
  /** Gives the layer weights of its own, to be fitted. */
  static Replacement place(Graph graph, Convolution layer, Weights weights) {
    Parts parts = new Parts(graph, layer.output(), layer.kernel().size());
    Node node = layer.node();
    var builder = node.proto().toBuilder().clearInput().addInput(layer.input());
    builder.addInput(parts.constant("fitted", weights.dims(), weights.values()));
    builder.addInput(parts.constant("constant", List.of((long) layer.outputs()), weights.bias()));
    graph.set(node, builder.build());
    return new SeparableConvolution(layer, new Fitting(Form.SEPARABLE, layer.taps(), 1));
  }

  @Override
  public String fitted() {
    return layer.output();
  }

  @Override
  public void finish(Graph graph) {
    Node node = graph.producer(layer.output()).orElseThrow();
    graph.remove(node);
    Parts parts = new Parts(graph, layer.output(), layer.kernel().size());
    String between = parts.fresh("between");
    parts.depthwise(
        new Parts.Link(layer.input(), between),
        form.factors().depthwise(),
        layer.kernel(),
        new double[0],
        lying(node));
    parts.pointwise(between, layer.output(), form.factors().pointwise(), form.constant());
  }

  /** With the windows of another convolution. */
  private static NodeBuilder lying(Node like) {
    NodeBuilder conv = NodeBuilder.of("Conv");
    like.proto().getAttributeList().stream()
        .filter(attribute -> !attribute.getName().equals("group"))
        .forEach(attribute -> conv.with(attribute));
    return conv;
  }
}
