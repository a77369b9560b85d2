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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which models can be brought to fewer bits. */
final class Accepted {
  private Accepted() {}

  /**
   * Before it is quantized.
   *
   * @throws RejectedException UNSUPPORTED_MODEL when part of the model computes in integers
   */
  static void unquantized(OnnxModel model) {
    unquantized(model, "quantize", ", or only what is still float32 with --force");
  }

  /**
   * Before anything else is done with it.
   *
   * @param verb in the infinitive
   * @throws RejectedException as {@link #unquantized(OnnxModel)}
   */
  static void unquantized(OnnxModel model, String verb) {
    unquantized(model, verb, " and quantize what comes out");
  }

  private static void unquantized(OnnxModel model, String verb, String how) {
    Map<String, Integer> found = ModelStructure.of(model).quantized();
    if (!found.isEmpty()) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "expected a float32 model to %s, %s is quantized already (%s); %s the model that it was made"
                  .formatted(verb, model.file(), String.join(", ", found.keySet()), verb)
              + " from"
              + how);
    }
  }

  /**
   * Before channels or blocks of it are removed.
   *
   * @throws RejectedException as {@link #unquantized(OnnxModel)} and {@link #singlePrecision}, and
   *     UNSUPPORTED_MODEL when weights are stored in fewer bits
   */
  static void prunable(OnnxModel model) {
    unquantized(model, "prune");
    singlePrecision(model);
    List<String> stored = StoredWeights.in(model);
    if (!stored.isEmpty()) {
      throw new RejectedException(
          FailureCode.UNSUPPORTED_MODEL,
          "expected float32 weights to prune, those of %s are stored in fewer bits (%d, '%s' first);"
                  .formatted(model.file(), stored.size(), stored.get(0))
              + " prune the model that it was made from and store what comes out");
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
