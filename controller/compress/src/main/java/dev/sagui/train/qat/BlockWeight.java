/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.qat;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The matrix of a MatMulNBits as rows of one block each, one output's after the other's. */
final class BlockWeight {
  private BlockWeight() {}

  /**
   * @param codes the initializer
   * @param steps one a block
   */
  static IntegerWeight of(OnnxModel model, Graph graph, Node node, String codes, float[] steps)
      throws IOException {
    int each = Math.toIntExact(steps.length / node.integer("N", 1));
    return new IntegerWeight(
        graph.freshName(codes + "_blocks"),
        codes,
        type(node.integer("bits", 4)),
        List.of((long) steps.length, node.integer("block_size", 0)),
        0,
        steps,
        zeros(model, graph, node, each),
        Optional.empty());
  }

  private static ElementType type(long bits) {
    return switch ((int) bits) {
      case 2 -> ElementType.UINT2;
      case 4 -> ElementType.UINT4;
      default -> ElementType.UINT8;
    };
  }

  /** Of each block, those of an output packed from its first byte on; half of the codes without. */
  private static int[] zeros(OnnxModel model, Graph graph, Node node, int each) throws IOException {
    int bits = (int) node.integer("bits", 4);
    int outputs = (int) node.integer("N", 1);
    int[] zeros = new int[outputs * each];
    Arrays.fill(zeros, 1 << (bits - 1));
    if (node.hasInput(3)) {
      TensorProto points = graph.constant(node.input(3)).orElseThrow();
      byte[] packed = model.payload(points).toByteString().toByteArray();
      int bytes = packed.length / outputs;
      for (int i = 0; i < zeros.length; i++) {
        int bit = i % each * bits;
        zeros[i] =
            (packed[i / each * bytes + bit / Byte.SIZE] >> (bit % Byte.SIZE)) & ((1 << bits) - 1);
      }
    }
    return zeros;
  }
}
