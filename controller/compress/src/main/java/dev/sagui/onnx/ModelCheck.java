/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Decides from the graph alone whether a model is one that Sagui can work with. */
final class ModelCheck {
  private static final Set<String> KNOWN_DOMAINS =
      Set.of("", "ai.onnx", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc");

  private ModelCheck() {}

  /**
   * @throws RejectedException TRUNCATED_MODEL
   */
  static void complete(ModelProto model, String file) {
    if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
      throw new RejectedException(
          FailureCode.TRUNCATED_MODEL, "%s ends before its graph's nodes".formatted(file));
    }
    if (model.getIrVersion() >= 3 && model.getOpsetImportCount() == 0) {
      throw new RejectedException(
          FailureCode.TRUNCATED_MODEL,
          "%s names no opset: it is cut off after its graph, or not written to the end"
              .formatted(file));
    }
  }

  /**
   * @throws RejectedException UNKNOWN_OP_DOMAIN or NO_INPUTS
   */
  static void runnable(ModelProto model, String file) {
    checkDomains(model);
    checkInputs(model.getGraph(), file);
  }

  private static void checkDomains(ModelProto model) {
    Set<String> known = new TreeSet<>(KNOWN_DOMAINS);
    model.getFunctionsList().stream().map(FunctionProto::getDomain).forEach(known::add);
    GraphWalk.nodes(model)
        .filter(node -> !known.contains(node.getDomain()))
        .findFirst()
        .ifPresent(node -> refuse(node, known));
  }

  private static void refuse(NodeProto node, Set<String> known) {
    throw new RejectedException(
        FailureCode.UNKNOWN_OP_DOMAIN,
        "node '%s' is %s of domain '%s'; known domains are %s"
            .formatted(node.getName(), node.getOpType(), node.getDomain(), known));
  }

  private static void checkInputs(GraphProto graph, String file) {
    if (inputs(graph).isEmpty()) {
      throw new RejectedException(
          FailureCode.NO_INPUTS,
          "expected a model that takes an input, but all inputs of %s are constants in it"
              .formatted(file));
    }
  }

  /** What a caller must give: the graph's inputs without those that have a default. */
  static List<ValueInfoProto> inputs(GraphProto graph) {
    Set<String> defaults = new HashSet<>();
    graph.getInitializerList().stream().map(TensorProto::getName).forEach(defaults::add);
    graph.getSparseInitializerList().stream()
        .map(sparse -> sparse.getValues().getName())
        .forEach(defaults::add);
    return graph.getInputList().stream()
        .filter(input -> !defaults.contains(input.getName()))
        .collect(Collectors.toUnmodifiableList());
  }
}
