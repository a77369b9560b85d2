/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.StoreFormat;
import java.io.IOException;
import java.util.Map;

/** One step of a recipe, with its parameters. */
public sealed interface Step {
  /** As recipes name it. */
  String name();

  /** As recipes write it. */
  Map<String, Object> parameters();

  /** Takes the model through this step; nothing is written yet. */
  StepOutcome apply(OnnxModel model, Progress progress) throws IOException;

  /** Weights in fewer bits on flash and wire; see {@link dev.sagui.quantize.WeightStore}. */
  record Store(StoreFormat weights) implements Step {
    @Override
    public String name() {
      return "store";
    }

    @Override
    public Map<String, Object> parameters() {
      return Map.of("weights", weights.label());
    }

    @Override
    public StepOutcome apply(OnnxModel model, Progress progress) throws IOException {
      return StepOutcome.of(
          dev.sagui.quantize.WeightStore.apply(model, weights, progress), weights);
    }
  }
}
