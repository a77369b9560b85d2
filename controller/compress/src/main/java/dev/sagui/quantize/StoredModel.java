/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.OnnxModel;
import java.util.List;

/**
 * A model with weights in fewer bits.
 *
 * @param model as it is to be written
 * @param weights what became of each
 */
public record StoredModel(OnnxModel model, List<StoredWeight> weights) {
  public StoredModel {
    weights = List.copyOf(weights);
  }

  public boolean changed() {
    return weights.stream().anyMatch(StoredWeight::changed);
  }
}
