/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One way to hold constants out of three: initializers that are no inputs.
 *
 * <p>Before IR 4 every initializer had to be an input as well; the same model is written as IR 4
 * without those inputs, because from 4 on they would be defaults that a caller may override.
 * Exporters also write constants as nodes.
 */
public final class PlainInitializers {
  static final int FIRST_IR = 4;

  private PlainInitializers() {}

  /** Without constants that are inputs or nodes; those of nested graphs stay. */
  public static ModelProto of(ModelProto model) {
    GraphProto.Builder graph = hoisted(model.getGraph()).toBuilder();
    if (model.getIrVersion() < FIRST_IR) {
      Set<String> constants = new HashSet<>();
      model.getGraph().getInitializerList().forEach(tensor -> constants.add(tensor.getName()));
      graph.clearInput();
      model.getGraph().getInputList().stream()
          .filter(input -> !constants.contains(input.getName()))
          .forEach(graph::addInput);
    }
    return model.toBuilder()
        .setIrVersion(Math.max(FIRST_IR, model.getIrVersion()))
        .setGraph(graph)
        .build();
  }

  /** The graph with initializers in place of Constant nodes; strings and sparse ones stay. */
  public static GraphProto hoisted(GraphProto graph) {
    GraphProto.Builder builder = graph.toBuilder().clearNode();
    for (NodeProto node : graph.getNodeList()) {
      value(node)
          .ifPresentOrElse(
              tensor -> builder.addInitializer(tensor.toBuilder().setName(node.getOutput(0))),
              () -> builder.addNode(node));
    }
    return builder.build();
  }

  private static Optional<TensorProto> value(NodeProto node) {
    if (!new Node(node).is("Constant")
        || node.getOutputCount() != 1
        || node.getAttributeCount() != 1) {
      return Optional.empty();
    }
    AttributeProto value = node.getAttribute(0);
    return switch (value.getName()) {
      case "value" -> Optional.of(value.getT());
      case "value_int" -> Optional.of(TensorValues.longs(List.of(), value.getI()));
      case "value_ints" ->
          Optional.of(
              TensorValues.longs(
                  value.getIntsList().stream().mapToLong(Long::longValue).toArray()));
      case "value_float" ->
          Optional.of(TensorValues.floats(List.of(), new double[] {value.getF()}));
      case "value_floats" ->
          Optional.of(
              TensorValues.floats(
                  List.of((long) value.getFloatsCount()),
                  value.getFloatsList().stream().mapToDouble(Float::doubleValue).toArray()));
      default -> Optional.empty();
    };
  }
}
