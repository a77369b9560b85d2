/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import java.util.Map;

/**
 * A kind's metrics of two sets of outputs, whose pairing does not matter; gathered batch by batch
 * into a reservoir of fixed size.
 */
interface SetJudge {
  /** What has no metrics of its own. */
  SetJudge NONE =
      new SetJudge() {
        @Override
        public void add(Values reference, Values candidate) {}

        @Override
        public void into(Map<Metric, Double> metrics, Map<Metric, Double> chance) {}
      };

  /**
   * @param reference its first output
   * @param candidate of the same shape but for a waveform's length
   */
  void add(Values reference, Values candidate);

  /**
   * @param metrics of the candidate against the reference
   * @param chance the same between halves of the reference's outputs
   */
  void into(Map<Metric, Double> metrics, Map<Metric, Double> chance);
}
