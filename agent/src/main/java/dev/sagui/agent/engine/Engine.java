/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.engine;

import dev.sagui.manifest.TensorInfo;
import java.nio.file.Path;
import java.util.List;

/** Opens models. */
public interface Engine {
  /**
   * A session on a model's folder.
   *
   * @param entry file name of the ONNX file in it
   * @param inputs what requests must give
   * @param threads that one run uses
   * @throws dev.sagui.failure.RejectedException MODEL_DOES_NOT_LOAD, with the runtime's reason
   */
  Session open(
      Path folder, String entry, List<TensorInfo> inputs, List<TensorInfo> outputs, int threads);

  /** Version of the runtime, for the device's facts. */
  String version();
}
