/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.InferredTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Types of a model's values; most models are cleaned up without anybody asking. */
final class LazyTypes {
  private final OnnxModel model;
  private @Nullable InferredTypes types;

  LazyTypes(OnnxModel model) {
    this.model = model;
  }

  /**
   * @throws UncheckedIOException the disk failed
   */
  InferredTypes get() {
    try {
      InferredTypes known = types == null ? InferredTypes.of(model) : types;
      types = known;
      return known;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
