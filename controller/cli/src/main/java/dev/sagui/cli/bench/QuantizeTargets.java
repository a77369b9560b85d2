/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What is wanted of one of our files.
 *
 * @param percent bytes at most, of the fp32 file's
 * @param latency ratios to fp32 at most, one for each of the subject's timed inputs, or fewer
 * @param sqnrDb at least
 * @param own the kind's own number at least
 */
record QuantizeTargets(
    OptionalDouble percent, List<Double> latency, OptionalDouble sqnrDb, OptionalDouble own) {
  static final QuantizeTargets NONE =
      new QuantizeTargets(
          OptionalDouble.empty(), List.of(), OptionalDouble.empty(), OptionalDouble.empty());

  QuantizeTargets {
    latency = List.copyOf(latency);
  }

  static QuantizeTargets size(double percent) {
    return new QuantizeTargets(OptionalDouble.of(percent), List.of(), NONE.sqnrDb, NONE.own);
  }

  QuantizeTargets latency(Double... ratios) {
    return new QuantizeTargets(percent, List.of(ratios), sqnrDb, own);
  }

  QuantizeTargets sqnr(double decibel) {
    return new QuantizeTargets(percent, latency, OptionalDouble.of(decibel), own);
  }

  QuantizeTargets own(double value) {
    return new QuantizeTargets(percent, latency, sqnrDb, OptionalDouble.of(value));
  }

  /** Each held against what was measured. */
  List<Goal> held(QuantizeScores scores) {
    List<Goal> goals = new ArrayList<>();
    percent.ifPresent(limit -> goals.add(Goal.atMost(scores.percent(), limit, "%.1f %%")));
    for (int i = 0; i < latency.size(); i++) {
      goals.add(Goal.atMost(scores.latency().get(i), latency.get(i), "%.2f ×"));
    }
    sqnrDb.ifPresent(limit -> goals.add(Goal.atLeast(scores.sqnrDb(), limit, "%.1f dB")));
    own.ifPresent(limit -> goals.add(scores.own().goal(limit)));
    return goals;
  }
}
