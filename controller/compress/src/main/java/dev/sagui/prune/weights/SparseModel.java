/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import dev.sagui.onnx.OnnxModel;
import java.util.List;

/** A model with zeros among its weights, and what became of each; those zeros are its masks. */
public record SparseModel(OnnxModel model, List<PrunedWeight> weights) {
  public SparseModel {
    weights = List.copyOf(weights);
  }
}
