/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.isa.HalfArithmetic;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.util.Map;

/** Computes in float16, which no CPU does faster than float32: always refused, with the reason. */
public record HalfPrecision() implements Quantize {
  @Override
  public Map<String, Object> parameters() {
    return Map.of("weights", "fp16");
  }

  @Override
  public StepOutcome attempt(OnnxModel model, Surroundings around) throws IOException {
    throw new RejectedException(
        FailureCode.BAD_REQUEST,
        "float16 would not pay on %s: %s; --store fp16 halves the bytes and computes as before"
            .formatted(around.device().board(), HalfArithmetic.obstacle(around.device())));
  }
}
