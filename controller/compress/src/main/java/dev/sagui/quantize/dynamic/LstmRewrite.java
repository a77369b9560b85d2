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
import dev.sagui.quantize.linear.Nodes;
import dev.sagui.quantize.linear.Unused;
import java.io.IOException;
import java.util.List;

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
    RecurrentWeights weights = RecurrentWeights.of(model, graph, node, options);
    String obstacle = weights.obstacle(graph);
    if (obstacle.isEmpty()) {
      replace(node, add(weights, 0), add(weights, 1));
    }
    return weights.outcome(obstacle);
  }

  private Quantized add(RecurrentWeights weights, int index) {
    TensorProto weight = weights.weights().get(index);
    Int8Matrix matrix = weights.matrices().get(index);
    ElementType type = options.unsigned() ? ElementType.UINT8 : ElementType.INT8;
    String name = weight.getName();
    List<Long> dims = List.of(weight.getDims(0), weight.getDims(1));
    double[] scales = new double[matrix.scales().length];
    byte[] zeros = new byte[scales.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = matrix.scales()[i];
      zeros[i] = (byte) matrix.zeroPoint();
    }
    return new Quantized(
        weights.turnedCodes(model, graph, index, type),
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
