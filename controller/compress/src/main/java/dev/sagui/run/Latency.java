/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import java.util.Arrays;

/**
 * Milliseconds of a model's runs.
 *
 * @param p10Millis for ratios: on a shared machine, runs are lengthened by preemption and the lower
 *     percentiles repeat
 */
public record Latency(double p10Millis, double p50Millis, double p95Millis, int runs) {
  static Latency ofNanos(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Latency(at(sorted, 0.10), at(sorted, 0.50), at(sorted, 0.95), sorted.length);
  }

  private static double at(long[] sorted, double quantile) {
    return sorted[(int) Math.floor(quantile * (sorted.length - 1))] / 1e6;
  }
}
