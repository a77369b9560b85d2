/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.List;

/** Writes two layers in the place of one. */
final class TwoLayers {
  private final OnnxModel model;
  private final Graph graph;
  private final Node node;

  TwoLayers(OnnxModel model, Graph graph, Node node) {
    this.model = model;
    this.graph = graph;
    this.node = node;
  }

  /** The lengths of a convolution's kernel. */
  List<Long> kernel() {
    List<Long> dims = graph.constant(node.input(1)).orElseThrow().getDimsList();
    return dims.subList(2, dims.size());
  }

  /** [rows, columns] as a constant; its name. */
  String matrix(double[][] values) {
    float[] flat = new float[values.length * values[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) values[i / values[0].length][i % values[0].length];
    }
    return constant(flat, List.of((long) values.length, (long) values[0].length));
  }

  /** [outputs, channels · taps] as a constant [outputs, channels, …]; its name. */
  String filters(double[][] values, List<Long> kernel) {
    long taps = kernel.stream().reduce(1L, (a, b) -> a * b);
    float[] flat = new float[values.length * values[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) values[i / values[0].length][i % values[0].length];
    }
    List<Long> dims = new ArrayList<>(List.of((long) values.length, values[0].length / taps));
    dims.addAll(kernel);
    return constant(flat, dims);
  }

  private String constant(float[] values, List<Long> dims) {
    TensorProto like =
        TensorProto.newBuilder().setDataType(ElementType.FLOAT.number()).addAllDims(dims).build();
    return graph.addConstant(node.input(1) + "_factor", Floats.tensor(model, like, values));
  }

  /** The inputs of a layer, with a bias where there is one. */
  String[] with(String input, String weights, float[] bias) {
    return bias.length == 0
        ? new String[] {input, weights}
        : new String[] {input, weights, constant(bias, List.of((long) bias.length))};
  }

  /**
   * Attributes of a convolution.
   *
   * @param only axis along which there is a window; −1 for all
   */
  static List<AttributeProto> along(Node like, int only) {
    List<AttributeProto> attributes = new ArrayList<>();
    for (AttributeProto attribute : like.proto().getAttributeList()) {
      switch (attribute.getName()) {
        case "kernel_shape" -> {}
        case "strides", "dilations" -> attributes.add(masked(attribute, only, 1));
        case "pads" -> attributes.add(masked(attribute, only, 0));
        default -> attributes.add(attribute);
      }
    }
    return attributes;
  }

  private static AttributeProto masked(AttributeProto attribute, int only, long otherwise) {
    List<Long> values = new ArrayList<>(attribute.getIntsList());
    for (int i = 0; i < values.size(); i++) {
      if (only >= 0 && i % 2 != only) {
        values.set(i, otherwise);
      }
    }
    return attribute.toBuilder().clearInts().addAllInts(values).build();
  }

  /** Adds the first; what it gives. */
  String first(NodeBuilder builder) {
    return first(builder, List.of());
  }

  private String first(NodeBuilder builder, List<AttributeProto> attributes) {
    String between = graph.freshName(node.output(0) + "_few");
    NodeProto proto = builder.output(between).build();
    graph.add(proto.toBuilder().addAllAttribute(attributes).build());
    return between;
  }

  void last(NodeBuilder builder) {
    last(builder, List.of());
  }

  void last(NodeBuilder builder, List<AttributeProto> attributes) {
    NodeProto proto = builder.output(node.output(0)).build();
    graph.set(node, proto.toBuilder().addAllAttribute(attributes).build());
  }

  /**
   * A convolution of the layer's input; what it gives.
   *
   * @param axis along which it moves as the layer does; −1 for all
   */
  String conv(double[][] filters, List<Long> kernel, int axis) {
    NodeBuilder conv = NodeBuilder.of("Conv").inputs(node.input(0), filters(filters, kernel));
    return first(conv, along(node, axis));
  }
}
