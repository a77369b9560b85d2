/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.GraphWalk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which operators use each weight, and where its output channels lie by the first such use. */
final class WeightUses {
  private record Use(NodeProto node, int input) {}

  private final Map<String, List<Use>> uses = new HashMap<>();

  WeightUses(GraphProto graph) {
    GraphWalk.nodes(graph).forEach(this::add);
  }

  private void add(NodeProto node) {
    for (int i = 0; i < node.getInputCount(); i++) {
      uses.computeIfAbsent(node.getInput(i), name -> new java.util.ArrayList<>())
          .add(new Use(node, i));
    }
  }

  /** Empty when no operator uses the tensor as a weight. */
  Optional<ChannelLayout> layout(TensorProto tensor) {
    return uses.getOrDefault(tensor.getName(), List.of()).stream()
        .flatMap(use -> layout(use, tensor.getDimsList()).stream())
        .findFirst();
  }

  /** Whether each use of the tensor adds it to something. */
  boolean isBias(TensorProto tensor) {
    List<Use> all = uses.getOrDefault(tensor.getName(), List.of());
    return !all.isEmpty() && all.stream().allMatch(WeightUses::adds);
  }

  private static boolean adds(Use use) {
    return switch (use.node().getOpType()) {
      case "Add" -> true;
      case "Conv", "ConvTranspose", "Gemm" -> use.input() == 2;
      default -> false;
    };
  }

  private static Optional<ChannelLayout> layout(Use use, List<Long> dims) {
    int rank = dims.size();
    if (rank < 2) {
      return Optional.empty();
    }
    NodeProto node = use.node();
    return switch (node.getOpType() + "/" + use.input()) {
      case "Conv/1", "FusedConv/1" -> Optional.of(ChannelLayout.axis(dims, 0));
      case "ConvTranspose/1" ->
          Optional.of(
              number(node, "group", 1) == 1
                  ? ChannelLayout.axis(dims, 1)
                  : ChannelLayout.axes(dims, 0, 2));
      case "Gemm/1", "FusedGemm/1" ->
          Optional.of(ChannelLayout.axis(dims, number(node, "transB", 0) == 1 ? 0 : 1));
      case "Gemm/0" ->
          Optional.of(ChannelLayout.axis(dims, number(node, "transA", 0) == 1 ? 1 : 0));
      case "MatMul/1" -> Optional.of(ChannelLayout.axis(dims, rank - 1));
      case "MatMul/0" -> Optional.of(ChannelLayout.axis(dims, rank - 2));
      case "Gather/0" -> Optional.of(ChannelLayout.axis(dims, 0));
      // [directions, gates · hidden, input]
      case "LSTM/1", "LSTM/2", "GRU/1", "GRU/2", "RNN/1", "RNN/2" ->
          Optional.of(ChannelLayout.axes(dims, 0, 2));
      // As PyTorch stores a linear layer: [out, in], turned before its MatMul.
      case "Transpose/0" -> Optional.of(ChannelLayout.axis(dims, 0));
      default -> Optional.empty();
    };
  }

  private static long number(NodeProto node, String attribute, long otherwise) {
    return node.getAttributeList().stream()
        .filter(a -> a.getName().equals(attribute))
        .mapToLong(AttributeProto::getI)
        .findFirst()
        .orElse(otherwise);
  }
}
