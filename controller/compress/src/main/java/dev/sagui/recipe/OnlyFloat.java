/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A form of quantization on a model that computes in integers in part: what is quantized already
 * stays as it is, what is still float32 is quantized.
 */
public record OnlyFloat(Quantize form) implements Quantize {
  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>(form.parameters());
    parameters.put("force", true);
    return parameters;
  }

  @Override
  public StepOutcome attempt(OnnxModel model, Surroundings around) throws IOException {
    return form.attempt(model, around);
  }
}
