/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** A kind's metrics of outputs in pairs, added up batch by batch in fixed memory. */
interface PairedJudge {
  /** What has no metrics of its own. */
  PairedJudge NONE =
      new PairedJudge() {
        @Override
        public void add(List<Tensor> inputs, Values reference, Values candidate) {}

        @Override
        public void into(Map<Metric, Double> metrics) {}
      };

  /**
   * @param inputs of the reference's run
   * @param reference its first output
   * @param candidate of the same shape but for a waveform's length
   */
  void add(List<Tensor> inputs, Values reference, Values candidate);

  void into(Map<Metric, Double> metrics);
}
