/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.GraphWalk;
import dev.sagui.onnx.OnnxModel;
import java.util.Optional;
import java.util.Set;

/** Models that compute in integers already. */
final class Quantized {
  private static final Set<String> INTEGER =
      Set.of(
          "QuantizeLinear",
          "DynamicQuantizeLinear",
          "QLinearConv",
          "QLinearMatMul",
          "MatMulInteger",
          "ConvInteger",
          "DynamicQuantizeMatMul",
          "DynamicQuantizeLSTM",
          "MatMulNBits",
          "QAttention");

  private Quantized() {}

  /**
   * @throws RejectedException UNSUPPORTED_MODEL for a model that is quantized
   */
  static void refuse(OnnxModel model) {
    Optional<String> found =
        GraphWalk.nodes(model.graph())
            .map(node -> node.getOpType())
            .filter(INTEGER::contains)
            .findFirst();
    if (found.isPresent()) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "expected a float32 model to quantize, found %s: %s is quantized already; quantize the"
                  .formatted(found.get(), model.file())
              + " model that it was made from");
    }
  }
}
