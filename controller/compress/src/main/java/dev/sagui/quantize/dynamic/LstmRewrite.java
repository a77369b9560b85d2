/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.StoredWeight;
import dev.sagui.quantize.linear.MatrixRows;
import dev.sagui.quantize.linear.Nodes;
import dev.sagui.quantize.linear.Unused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * LSTM → com.microsoft.DynamicQuantizeLSTM, whose weights are [directions, inputs, 4 · hidden] with
 * a scale for each gate's unit.
 */
final class LstmRewrite {
  /** X, W, R, B, sequence_lens, initial_h, initial_c, P. */
  private static final int INPUTS = 8;

  private final OnnxModel model;
  private final Graph graph;
  private final DynamicOptions options;

  /** A weight's parts by their names. */
  private record Quantized(String codes, String scale, String zeroPoint) {}

  LstmRewrite(OnnxModel model, Graph graph, DynamicOptions options) {
    this.model = model;
    this.graph = graph;
    this.options = options;
  }

  /** One entry for each constant weight of the node. */
  List<StoredWeight> quantize(Node node) throws IOException {
    List<TensorProto> weights = new ArrayList<>();
    for (int input = 1; input <= 2; input++) {
      constant(node.input(input)).ifPresent(weights::add);
    }
    List<Int8Matrix> matrices = new ArrayList<>();
    for (TensorProto weight : weights) {
      MatrixRows rows = new MatrixRows(model.payload(weight), (int) weight.getDims(2));
      matrices.add(Int8Matrix.of(rows, true, options));
    }
    String obstacle = obstacle(node, weights, matrices);
    List<StoredWeight> outcome = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      Int8Matrix matrix = matrices.get(i);
      long before = matrix.matrix().payload().bytes();
      long after = matrix.bytes() + (long) matrix.scales().length * Float.BYTES;
      outcome.add(
          new StoredWeight(
              weights.get(i).getName(), before, obstacle.isEmpty() ? after : before, obstacle));
    }
    if (obstacle.isEmpty()) {
      replace(node, add(weights.get(0), matrices.get(0)), add(weights.get(1), matrices.get(1)));
    }
    return outcome;
  }

  private Optional<TensorProto> constant(String value) {
    return graph
        .constant(value)
        .filter(w -> w.getDataType() == ElementType.FLOAT.number() && w.getDimsCount() == 3);
  }

  private String obstacle(Node node, List<TensorProto> weights, List<Int8Matrix> matrices) {
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

  private Quantized add(TensorProto weight, Int8Matrix matrix) {
    String name = weight.getName();
    ElementType type = options.unsigned() ? ElementType.UINT8 : ElementType.INT8;
    TensorProto.Builder codes = weight.toBuilder().setDataType(type.number());
    String stored = graph.addConstant(name + "_int8", model.attach(codes.build(), matrix));
    String turned = graph.freshName(stored + "_t");
    graph.add(
        Nodes.node("", "Transpose", List.of(stored), turned)
            .addAttribute(Nodes.integers("perm", List.of(0L, 2L, 1L)))
            .build());
    List<Long> dims = List.of(weight.getDims(0), weight.getDims(1));
    double[] scales = new double[matrix.scales().length];
    byte[] zeros = new byte[scales.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = matrix.scales()[i];
      zeros[i] = (byte) matrix.zeroPoint();
    }
    return new Quantized(
        turned,
        graph.addConstant(name + "_scale", TensorValues.floats(dims, scales)),
        graph.addConstant(
            name + "_zero_point", TensorValues.raw(type, dims, ByteString.copyFrom(zeros))));
  }

  private void replace(Node node, Quantized input, Quantized recurrence) {
    NodeProto.Builder replaced = NodeProto.newBuilder();
    replaced.setOpType("DynamicQuantizeLSTM").setDomain(Nodes.MICROSOFT);
    replaced.setName(node.proto().getName()).addAllOutput(node.outputs());
    for (AttributeProto attribute : node.proto().getAttributeList()) {
      if (!attribute.getName().equals("layout")) {
        replaced.addAttribute(attribute);
      }
    }
    replaced.addInput(node.input(0)).addInput(input.codes()).addInput(recurrence.codes());
    for (int i = 3; i < INPUTS; i++) {
      replaced.addInput(node.input(i));
    }
    replaced.addInput(input.scale()).addInput(input.zeroPoint());
    replaced.addInput(recurrence.scale()).addInput(recurrence.zeroPoint());
    graph.set(node, replaced.build());
    Unused.remove(graph);
  }
}
