/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.cost.CostModel;
import dev.sagui.device.Speeds;
import java.util.List;
import java.util.Optional;

/**
 * What runs take on this machine.
 *
 * @param referenceMillis of the model as it came, which all ratios refer to
 */
record HostTimes(CostModel model, double referenceMillis) {
  /** Of a common machine; what was measured corrects them. */
  private static final Speeds USUAL = new Speeds(50, 100, 10);

  /**
   * Learned from variants and each of their operators.
   *
   * @param tried the first is the model as it came
   * @param speeds this machine's, if they were measured
   */
  static HostTimes of(List<Attempt> tried, Optional<Speeds> speeds) {
    double reference = tried.get(0).p50Millis();
    List<CostModel.Timed> runs =
        tried.stream().map(a -> new CostModel.Timed(a.work(), a.ratio() * reference)).toList();
    CostModel cold = CostModel.cold(speeds.orElse(USUAL));
    return new HostTimes(cold.learnedByOperator(runs), reference);
  }

  /** Of ratios, so that variants that were measured in different minutes compare. */
  double millis(Attempt attempt) {
    return attempt.ratio() * referenceMillis;
  }
}
