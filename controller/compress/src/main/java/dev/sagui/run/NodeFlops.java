/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import java.util.List;
import java.util.Set;

/**
 * Floating point operations of one operator, from the shapes of its inputs and outputs: two for
 * each multiplication and addition of convolutions, matrix products and recurrent layers; none for
 * what only moves data; one for each element of other operators.
 *
 * <p>Convolutions count their padding and a transposed one what its padding crops, as is usual.
 * Einsum and the attention operators of single vendors count as others, which is too little.
 */
final class NodeFlops {
  private static final Set<String> MOVES =
      Set.of(
          "Cast",
          "Concat",
          "Constant",
          "ConstantOfShape",
          "DepthToSpace",
          "Expand",
          "Flatten",
          "Gather",
          "GatherElements",
          "GatherND",
          "Identity",
          "If",
          "Loop",
          "Pad",
          "Reshape",
          "Scan",
          "ScatterElements",
          "ScatterND",
          "Shape",
          "Size",
          "Slice",
          "SpaceToDepth",
          "Split",
          "Squeeze",
          "Tile",
          "Transpose",
          "Unsqueeze",
          "Where");

  private final List<List<Long>> inputs;
  private final List<Long> output;

  /**
   * @param inputs shapes of those that are there, in order
   * @param output the first one's shape
   */
  NodeFlops(List<List<Long>> inputs, List<Long> output) {
    this.inputs = inputs;
    this.output = output;
  }

  long of(String operator) {
    return switch (operator) {
      case "Conv", "FusedConv", "NhwcFusedConv", "ConvInteger" -> convolution(1);
      case "QLinearConv" -> convolution(3);
      case "ConvTranspose" -> transposed();
      case "Gemm", "FusedGemm" -> has(1) ? 2 * product(output) * elements(0) / rows() : 0;
      case "MatMul",
          "FusedMatMul",
          "MatMulInteger",
          "MatMulNBits",
          "MatMulIntegerToFloat",
          "DynamicQuantizeMatMul" ->
          matrices(1);
      case "QLinearMatMul", "QGemm" -> matrices(3);
      case "LSTM", "GRU", "RNN", "DynamicQuantizeLSTM" -> recurrent();
      default -> MOVES.contains(operator) ? 0 : Math.max(product(output), elements(0));
    };
  }

  /** Weight [M, C / group, k…]: each output element takes C / group · k products. */
  private long convolution(int weight) {
    return has(weight)
        ? 2 * product(output) * elements(weight) / inputs.get(weight).get(0)
        : product(output);
  }

  /** Weight [C, M / group, k…]: each input element takes M / group · k products. */
  private long transposed() {
    return has(1) ? 2 * elements(0) * elements(1) / inputs.get(1).get(0) : product(output);
  }

  private long rows() {
    return Math.max(1, output.isEmpty() ? 1 : output.get(0));
  }

  /** The inner dimension is the left side's last, or the one before where that is transposed. */
  private long matrices(int right) {
    List<Long> left = inputs.isEmpty() ? List.of() : inputs.get(0);
    if (left.isEmpty()) {
      return product(output);
    }
    long inner = left.get(left.size() - 1);
    boolean flipped =
        has(right)
            && left.size() > 1
            && right == 1
            && inputs.get(1).size() == left.size()
            && !inputs.get(1).contains(inner);
    return 2 * product(output) * (flipped ? left.get(left.size() - 2) : inner);
  }

  /** X [T, B, I], W and R with all gates and directions: both are applied at every step. */
  private long recurrent() {
    if (!has(2) || inputs.get(0).size() < 2) {
      return product(output);
    }
    long steps = inputs.get(0).get(0) * inputs.get(0).get(1);
    return 2 * steps * (elements(1) + elements(2));
  }

  private boolean has(int input) {
    return inputs.size() > input && !inputs.get(input).isEmpty() && elements(input) > 0;
  }

  private long elements(int input) {
    return inputs.size() > input ? product(inputs.get(input)) : 0;
  }

  private static long product(List<Long> dims) {
    return dims.stream().reduce(1L, (a, b) -> a * b);
  }
}
