/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What one run takes, from the shapes that ONNX Runtime's profiler saw.
 *
 * @param flops as {@link NodeFlops} counts them, after constants are folded
 * @param activationBytes of all operators' outputs
 * @param largestBytes of the outputs of the one operator that has most
 */
public record RunCost(long flops, long activationBytes, long largestBytes) {
  /**
   * Runs the model once, on one thread.
   *
   * @throws RejectedException MODEL_DOES_NOT_LOAD or BAD_TENSOR
   */
  public static RunCost measure(Path modelFile, List<Tensor> inputs) throws IOException {
    return measure(modelFile, inputs, OptLevel.BASIC_OPT);
  }

  /** Of the graph as it stands, nothing folded. */
  static RunCost unoptimized(Path modelFile, List<Tensor> inputs) throws IOException {
    return measure(modelFile, inputs, OptLevel.NO_OPT);
  }

  /** A prepacked weight is missing from the shapes. */
  private static RunCost measure(Path modelFile, List<Tensor> inputs, OptLevel level)
      throws IOException {
    long flops = 0;
    long bytes = 0;
    long largest = 1;
    RunProfile.Setting once = new RunProfile.Setting(level, 1, 1, false);
    for (RunProfile.Event event : RunProfile.of(modelFile, inputs, once)) {
      flops += event.flops();
      bytes += event.outputBytes();
      largest = Math.max(largest, event.outputBytes());
    }
    return new RunCost(flops, bytes, largest);
  }
}
