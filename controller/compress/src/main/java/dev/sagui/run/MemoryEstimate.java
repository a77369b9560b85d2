/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

/**
 * What serving a model takes in memory, before it is measured on a device.
 *
 * <p>Stored weights are float32 again once loaded, so the form on flash does not matter: a process
 * without a model, and 3.2 × the float32 bytes while a session is created (ONNX Runtime 1.29.0
 * peaks at 202 MB for 64 MB of weights).
 */
public final class MemoryEstimate {
  private static final long PROCESS_BYTES = 96_000_000;
  private static final double LOAD_FACTOR = 3.2;

  private MemoryEstimate() {}

  /**
   * @param float32Bytes the model's weights as float32
   */
  public static long peakBytes(long float32Bytes) {
    return PROCESS_BYTES + (long) (LOAD_FACTOR * float32Bytes);
  }
}
