/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;

/** Shows what a model makes at one moment of its training. */
@FunctionalInterface
public interface SampleSheet {
  /** Shows nothing. */
  SampleSheet NONE = (model, file) -> {};

  /**
   * Writes one file, or none.
   *
   * @param file without the extension, which says what it is: {@code .png}, {@code .wav}, {@code
   *     .txt}
   */
  void write(OnnxModel model, Path file) throws IOException;
}
