/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.cost.CostModel;
import dev.sagui.cost.Work;
import dev.sagui.device.Speeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What runs take on this machine.
 *
 * @param referenceMillis of the model as it came, which all ratios refer to
 * @param ratios by work without times: the median of what variants took that do the same, such as
 *     those that differ in how weights are stored
 */
record HostTimes(CostModel model, double referenceMillis, Map<Work, Double> ratios) {
  /** Of a common machine; what was measured corrects them. */
  private static final Speeds USUAL = new Speeds(50, 100, 10);

  HostTimes {
    ratios = Map.copyOf(ratios);
  }

  /** Of variants each of which does what no other does. */
  HostTimes(CostModel model, double referenceMillis) {
    this(model, referenceMillis, Map.of());
  }

  /**
   * Learned from variants and each of their operators.
   *
   * @param tried the first is the model as it came
   * @param speeds this machine's, if they were measured
   */
  static HostTimes of(List<Attempt> tried, Optional<Speeds> speeds) {
    double reference = tried.get(0).p50Millis();
    Map<Work, Double> ratios = ratios(tried);
    List<CostModel.Timed> runs =
        tried.stream()
            .map(a -> new CostModel.Timed(a.work(), ratio(a, ratios) * reference))
            .toList();
    CostModel cold = CostModel.cold(speeds.orElse(USUAL));
    return new HostTimes(cold.learnedByOperator(runs), reference, ratios);
  }

  private static Map<Work, Double> ratios(List<Attempt> tried) {
    Map<Work, List<Double>> measured = new HashMap<>();
    for (Attempt attempt : tried) {
      if (!attempt.work().equals(Work.UNKNOWN)) {
        measured
            .computeIfAbsent(attempt.work().untimed(), work -> new ArrayList<>())
            .add(attempt.ratio());
      }
    }
    Map<Work, Double> medians = new HashMap<>();
    measured.forEach((work, all) -> medians.put(work, median(all)));
    return medians;
  }

  private static double median(List<Double> all) {
    List<Double> sorted = all.stream().sorted().toList();
    int size = sorted.size();
    return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
  }

  private static double ratio(Attempt attempt, Map<Work, Double> ratios) {
    return ratios.getOrDefault(attempt.work().untimed(), attempt.ratio());
  }

  /** Of ratios, so that variants that were measured in different minutes compare. */
  double millis(Attempt attempt) {
    return ratio(attempt, ratios) * referenceMillis;
  }
}
