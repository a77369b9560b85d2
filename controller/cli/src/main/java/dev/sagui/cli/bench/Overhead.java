/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;

/** Bytes of a model that are no weights: its graph, and gaps in its files. */
final class Overhead {
  private Overhead() {}

  static long bytes(OnnxModel model) throws IOException {
    long weights =
        model.facts().weights().values().stream().mapToLong(ModelFacts.Amount::bytes).sum();
    return model.sizeBytes() - weights;
  }
}
