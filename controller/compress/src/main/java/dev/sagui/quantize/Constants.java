/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Brings a graph's constants into one form: initializers that nobody overrides. */
final class Constants {
  private static final int FIRST_IR_WITH_PLAIN_INITIALIZERS = 4;

  private Constants() {}

  /**
   * Before IR 4 every initializer had to be an input as well; the same model is written as IR 4
   * without those inputs, because from 4 on they would be defaults that a caller may override.
   */
  static ModelProto modern(ModelProto model) {
    if (model.getIrVersion() >= FIRST_IR_WITH_PLAIN_INITIALIZERS) {
      return model;
    }
    Set<String> constants = new HashSet<>();
    model.getGraph().getInitializerList().forEach(tensor -> constants.add(tensor.getName()));
    GraphProto.Builder graph = model.getGraph().toBuilder().clearInput();
    model.getGraph().getInputList().stream()
        .filter(input -> !constants.contains(input.getName()))
        .forEach(graph::addInput);
    return model.toBuilder().setIrVersion(FIRST_IR_WITH_PLAIN_INITIALIZERS).setGraph(graph).build();
  }

  /** Turns Constant nodes with tensors of {@code minElements} and more into initializers. */
  static GraphProto hoisted(GraphProto graph, long minElements) {
    GraphProto.Builder builder = graph.toBuilder().clearNode();
    for (NodeProto node : graph.getNodeList()) {
      Optional<TensorProto> constant = value(node).filter(t -> elements(t) >= minElements);
      constant.ifPresentOrElse(
          tensor -> builder.addInitializer(tensor.toBuilder().setName(node.getOutput(0))),
          () -> builder.addNode(node));
    }
    return builder.build();
  }

  private static Optional<TensorProto> value(NodeProto node) {
    if (!node.getOpType().equals("Constant") || node.getOutputCount() != 1) {
      return Optional.empty();
    }
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals("value") && attribute.hasT())
        .map(attribute -> attribute.getT())
        .findFirst();
  }

  static long elements(TensorProto tensor) {
    return tensor.getDimsList().stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
  }
}
