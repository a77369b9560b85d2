/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Node;
import java.util.HashMap;
import java.util.Map;

/** The rule of each operator. */
final class Rules {
  private static final Map<String, Rule> STANDARD = standard();

  private Rules() {}

  static Rule of(Node node) {
    if (ElementwiseRules.NAMES.contains(node.op())) {
      return ElementwiseRules::apply;
    }
    return node.isStandard() ? STANDARD.getOrDefault(node.op(), Rule.KEEP) : Rule.KEEP;
  }

  private static Map<String, Rule> standard() {
    Map<String, Rule> rules = new HashMap<>();
    rules.put("Conv", LayerRules::conv);
    rules.put("ConvTranspose", LayerRules::transposedConv);
    rules.put("Gemm", LayerRules::gemm);
    rules.put("MatMul", LayerRules::matMul);
    rules.put("BatchNormalization", NormRules::perChannel);
    rules.put("InstanceNormalization", NormRules::perChannel);
    rules.put("QuantizeLinear", NormRules::scaled);
    rules.put("DequantizeLinear", NormRules::scaled);
    rules.put("LayerNormalization", NormRules::layer);
    rules.put("SimplifiedLayerNormalization", NormRules::layer);
    rules.put("RMSNormalization", NormRules::layer);
    rules.put("GroupNormalization", NormRules::group);
    rules.put("Softmax", NormRules::softmax);
    rules.put("LogSoftmax", NormRules::softmax);
    rules.put("Hardmax", NormRules::softmax);
    for (String pool :
        new String[] {
          "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"
        }) {
      rules.put(pool, NormRules::pool);
    }
    for (String kind :
        new String[] {
          "L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare"
        }) {
      rules.put("Reduce" + kind, NormRules::reduce);
    }
    for (String kept : new String[] {"Reshape", "Flatten", "Squeeze", "Unsqueeze"}) {
      rules.put(kept, ShapeRules::reshape);
    }
    rules.put("Transpose", ShapeRules::transpose);
    rules.put("Expand", ShapeRules::expand);
    rules.put("Tile", ShapeRules::tile);
    rules.put("Pad", ShapeRules::pad);
    rules.put("Resize", ShapeRules::resize);
    rules.put("DepthToSpace", ShapeRules::depthToSpace);
    rules.put("SpaceToDepth", ShapeRules::spaceToDepth);
    rules.put("Shape", ShapeRules::shape);
    rules.put("Concat", PartRules::concat);
    rules.put("Split", PartRules::split);
    rules.put("Slice", PartRules::slice);
    rules.put("Gather", PartRules::gather);
    for (String recurrent : new String[] {"LSTM", "GRU", "RNN"}) {
      rules.put(recurrent, RecurrentRules::apply);
    }
    return rules;
  }
}
