/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import dev.sagui.onnx.Graph;
import dev.sagui.quantize.linear.Nodes;
import java.util.ArrayList;
import java.util.List;

/**
 * The left operand of a product.
 *
 * @param value float32 when {@code scale} is empty, else uint8
 */
record Activation(String value, String scale, String zeroPoint) {
  /** Quantized once, for several products. */
  static Activation quantized(Graph graph, String value) {
    String codes = graph.freshName(value + "_uint8");
    String scale = graph.freshName(value + "_scale");
    String zero = graph.freshName(value + "_zero_point");
    graph.add(Nodes.node("", "DynamicQuantizeLinear", List.of(value), codes, scale, zero).build());
    return new Activation(codes, scale, zero);
  }

  String operator() {
    return scale.isEmpty() ? "DynamicQuantizeMatMul" : "MatMulIntegerToFloat";
  }

  /**
   * The operator's inputs.
   *
   * @param zero the matrix's zero point, empty for 0
   * @param bias empty for none
   */
  List<String> operands(String matrix, String matrixScale, String zero, String bias) {
    List<String> inputs = new ArrayList<>(List.of(value, matrix));
    if (scale.isEmpty()) {
      inputs.addAll(List.of(matrixScale, zero));
    } else {
      inputs.addAll(List.of(scale, matrixScale, zeroPoint, zero));
    }
    inputs.add(bias);
    while (inputs.get(inputs.size() - 1).isEmpty()) {
      inputs.remove(inputs.size() - 1);
    }
    return inputs;
  }
}
