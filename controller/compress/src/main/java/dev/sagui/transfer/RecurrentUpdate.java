/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.TensorValues;
import java.util.List;

/**
 * A low-rank update inside of an LSTM or GRU of one direction: its W and R, [1, gates, inputs], are
 * used at every step, so that W + B·A is computed once before it.
 */
final class RecurrentUpdate {
  /** W and R. */
  static final int[] MATRICES = {1, 2};

  private RecurrentUpdate() {}

  static boolean takes(Node node) {
    return node.is("LSTM") || node.is("GRU");
  }

  /**
   * @param update A is [rank, inputs], B is [outputs, rank]
   */
  static void add(Graph graph, Node node, LowRank.Update update, double scale) {
    String product = graph.freshName(update.up());
    String scaled = graph.freshName(update.up());
    String updated = graph.freshName(update.weight() + "/updated");
    String factor =
        graph.addConstant("scale", TensorValues.floats(List.of(), new double[] {scale}));
    NodeProto.Builder user = node.proto().toBuilder();
    for (int input : MATRICES) {
      if (node.input(input).equals(update.weight())) {
        user.setInput(input, updated);
      }
    }
    graph.set(node, user.build());
    graph.add(
        NodeBuilder.of("MatMul").inputs(update.up(), update.down()).nameless(product).build());
    graph.add(NodeBuilder.of("Mul").inputs(product, factor).nameless(scaled).build());
    graph.add(NodeBuilder.of("Add").inputs(update.weight(), scaled).nameless(updated).build());
  }
}
