/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Which inputs hold token ids: those that choose rows of a constant table. */
final class Vocabularies {
  private static final Set<String> HANDED_ON =
      Set.of("Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity", "Transpose");

  private Vocabularies() {}

  /** Rows of the table by input; the smallest where there are several tables. */
  static Map<String, Long> of(ModelProto model) {
    GraphProto graph = PlainInitializers.hoisted(model.getGraph());
    Map<String, Long> rows = new HashMap<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      if (tensor.getDimsCount() > 1) {
        rows.put(tensor.getName(), tensor.getDims(0));
      }
    }
    Map<String, String> inputs = new HashMap<>(); // which input a value is, reshaped
    for (ValueInfoProto input : ModelCheck.inputs(graph)) {
      inputs.put(input.getName(), input.getName());
    }
    Map<String, Long> found = new HashMap<>();
    for (NodeProto node : graph.getNodeList()) {
      if (node.getInputCount() > 0
          && node.getOutputCount() > 0
          && HANDED_ON.contains(node.getOpType())) {
        String input = inputs.get(node.getInput(0));
        if (input != null) {
          inputs.put(node.getOutput(0), input);
        }
      } else if (isLookUp(node)) {
        String input = inputs.get(node.getInput(1));
        Long table = rows.get(node.getInput(0));
        if (input != null && table != null) {
          found.merge(input, table, Math::min);
        }
      }
    }
    return Map.copyOf(found);
  }

  private static boolean isLookUp(NodeProto node) {
    return node.getOpType().equals("Gather")
        && node.getInputCount() == 2
        && new Node(node).integer("axis", 0) == 0;
  }
}
