/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.StoredWeight;
import dev.sagui.quantize.linear.MatrixRows;
import dev.sagui.quantize.linear.Nodes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The constant weights of an LSTM or a GRU, [directions, gates · hidden, inputs] each, quantized.
 *
 * @param matrices W and R where both are constants
 */
record RecurrentWeights(Node node, List<TensorProto> weights, List<Int8Matrix> matrices) {
  static RecurrentWeights of(OnnxModel model, Graph graph, Node node, DynamicOptions options)
      throws IOException {
    List<TensorProto> weights = new ArrayList<>();
    List<Int8Matrix> matrices = new ArrayList<>();
    for (int input = 1; input <= 2; input++) {
      Optional<TensorProto> weight =
          graph
              .constant(node.input(input))
              .filter(w -> w.getDataType() == ElementType.FLOAT.number() && w.getDimsCount() == 3);
      if (weight.isPresent()) {
        MatrixRows rows =
            new MatrixRows(model.payload(weight.get()), (int) weight.get().getDims(2));
        weights.add(weight.get());
        matrices.add(Int8Matrix.of(rows, true, options));
      }
    }
    return new RecurrentWeights(node, weights, matrices);
  }

  /** Why they must stay as they are; empty if nothing forbids to replace them. */
  String obstacle(Graph graph) {
    if (weights.size() < 2) {
      return "the other weight of %s is no constant".formatted(node);
    }
    if (node.integer("layout", 0) != 0) {
      return "%s has the batch first, which the int8 kernel does not take".formatted(node);
    }
    if (!matrices.stream().map(Int8Matrix::codes).allMatch(Int8Codes::isFinite)) {
      return "it holds values that are not finite";
    }
    boolean shared = weights.stream().anyMatch(w -> graph.users(w.getName()).size() > 1);
    return shared ? "something else uses it too" : "";
  }

  /** One entry for each constant weight. */
  List<StoredWeight> outcome(String obstacle) {
    List<StoredWeight> outcome = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      Int8Matrix matrix = matrices.get(i);
      long before = matrix.matrix().payload().bytes();
      long after = matrix.bytes() + (long) matrix.scales().length * Float.BYTES;
      String name = weights.get(i).getName();
      outcome.add(new StoredWeight(name, before, obstacle.isEmpty() ? after : before, obstacle));
    }
    return outcome;
  }

  /** The name of a weight's codes, [directions, inputs, gates · hidden]. */
  String turnedCodes(OnnxModel model, Graph graph, int index, ElementType type) {
    TensorProto weight = weights.get(index);
    TensorProto.Builder codes = weight.toBuilder().setDataType(type.number());
    String stored =
        graph.addConstant(
            weight.getName() + "_int8", model.attach(codes.build(), matrices.get(index)));
    String turned = graph.freshName(stored + "_t");
    graph.add(
        Nodes.node("", "Transpose", List.of(stored), turned)
            .addAttribute(Nodes.integers("perm", List.of(0L, 2L, 1L)))
            .build());
    return turned;
  }
}
