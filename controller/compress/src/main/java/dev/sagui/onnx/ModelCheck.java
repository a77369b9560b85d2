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
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Decides from the graph alone whether a model is one that Sagui can work with. */
final class ModelCheck {
  static final Set<String> KNOWN_DOMAINS =
      Set.of("", "ai.onnx", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc");

  /** What one input may take; a batch of samples must fit into the heap. */
  private static final long MAX_INPUT_BYTES =
      Math.min(1L << 30, Runtime.getRuntime().maxMemory() / 4);

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
   * @throws RejectedException UNKNOWN_OP_DOMAIN, NO_INPUTS, DECLARED_SIZE_TOO_LARGE, or
   *     UNSUPPORTED_MODEL for optional values
   */
  static void runnable(ModelProto model, String file) {
    checkDomains(model);
    checkInputs(model.getGraph(), file);
    checkOptionals(model.getGraph());
  }

  /** ONNX Runtime ends the process where an optional that is an output stays empty. */
  static void checkOptionals(GraphProto graph) {
    Stream.concat(graph.getInputList().stream(), graph.getOutputList().stream())
        .filter(value -> value.getType().hasOptionalType())
        .findFirst()
        .ifPresent(
            value -> {
              throw new RejectedException(
                  FailureCode.UNSUPPORTED_MODEL,
                  "'%s' is an optional value, expected tensors as inputs and outputs"
                      .formatted(value.getName()));
            });
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
    inputs(graph).forEach(ModelCheck::checkSize);
  }

  /** Free dimensions count once. */
  private static void checkSize(ValueInfoProto input) {
    TypeProto.Tensor type = input.getType().getTensorType();
    double bytes = Math.max(8, ElementType.of(type.getElemType()).bits()) / 8.0;
    for (TensorShapeProto.Dimension dimension : type.getShape().getDimList()) {
      bytes *= Math.max(1, dimension.getDimValue());
    }
    if (bytes > MAX_INPUT_BYTES) {
      throw new RejectedException(
          FailureCode.DECLARED_SIZE_TOO_LARGE,
          "input '%s' declares %.0f bytes, at most %d can be given from this heap"
              .formatted(input.getName(), bytes, MAX_INPUT_BYTES));
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
