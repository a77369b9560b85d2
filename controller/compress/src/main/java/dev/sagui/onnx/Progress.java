/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

/** Hears how far a long task is. */
@FunctionalInterface
public interface Progress {
  /** Hears nothing. */
  Progress NONE = (what, fraction) -> {};

  /**
   * @param what the step in a few words, for people; what follows a colon is its state
   * @param fraction of that step, 0 to 1
   */
  void at(String what, double fraction);
}
