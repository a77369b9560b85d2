/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.onnx.ElementType;
import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.ModelStructure;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.RandomOperators;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which models can be brought to fewer bits. */
final class Accepted {
  private Accepted() {}

  /**
   * @throws RejectedException UNSUPPORTED_MODEL when part of the model computes in integers
   */
  static void unquantized(OnnxModel model) {
    Map<String, Integer> found = ModelStructure.of(model).quantized();
    if (!found.isEmpty()) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "expected a float32 model to quantize, %s is quantized already (%s); quantize the model"
                  .formatted(model.file(), String.join(", ", found.keySet()))
              + " that it was made from, or only what is still float32 with --force");
    }
  }

  /**
   * @throws RejectedException UNSUPPORTED_MODEL when most weights are float16 or bfloat16
   */
  static void singlePrecision(OnnxModel model) {
    for (ElementType half : new ElementType[] {ElementType.FLOAT16, ElementType.BFLOAT16}) {
      if (elements(model, half) > elements(model, ElementType.FLOAT)) {
        throw new RejectedException(
            FailureCode.UNSUPPORTED_MODEL,
            "expected float32 weights, those of %s are %s; give the float32 model that it was made"
                    .formatted(model.file(), half.name().toLowerCase(java.util.Locale.ROOT))
                + " from");
      }
    }
  }

  /**
   * Left as it is, with the reason, when the same inputs give other outputs from run to run.
   *
   * @return empty when they do not
   */
  static Optional<StepOutcome> random(OnnxModel model, Step.Surroundings around)
      throws IOException {
    Set<String> random = RandomOperators.in(model);
    return random.isEmpty() || Payoff.of(model, around).repeats()
        ? Optional.empty()
        : Optional.of(
            StepOutcome.unchanged(
                model,
                "%s draws other numbers in each run, so outputs cannot be held against each other; give"
                        .formatted(String.join(", ", random))
                    + " data whose noise is zero"));
  }

  private static long elements(OnnxModel model, ElementType type) {
    ModelFacts.Amount amount = model.facts().weights().get(type);
    return amount == null ? 0 : amount.elements();
  }
}
