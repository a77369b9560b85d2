/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import dev.sagui.device.BenchResult;
import java.util.Arrays;

/**
 * Times of two models that ran in turn; pure.
 *
 * <p>The interval of the ratio of their 10th percentiles is by order statistics: the number of
 * times below a percentile is binomial, so that two sorted times enclose it without any assumption
 * on how times are spread. Each model's percentile is enclosed with 97.5 %, both with 95 % or more.
 */
final class PairedTimes {
  private static final double QUANTILE = 0.10;
  private static final double Z = 2.2414; // two-sided 97.5 %

  private long[] candidate = new long[256];
  private long[] reference = new long[256];
  private int rounds;

  /** One run of each, in nanoseconds. */
  void add(long candidateNanos, long referenceNanos) {
    if (rounds == candidate.length) {
      candidate = Arrays.copyOf(candidate, 2 * rounds);
      reference = Arrays.copyOf(reference, 2 * rounds);
    }
    candidate[rounds] = candidateNanos;
    reference[rounds] = referenceNanos;
    rounds++;
  }

  int rounds() {
    return rounds;
  }

  BenchResult.Ratio ratio() {
    long[] ours = sorted(candidate);
    long[] theirs = sorted(reference);
    double spread = Z * Math.sqrt(rounds * QUANTILE * (1 - QUANTILE));
    int low = (int) Math.max(0, Math.floor(rounds * QUANTILE - spread));
    int high = (int) Math.min(rounds - 1.0, Math.ceil(rounds * QUANTILE + spread));
    return new BenchResult.Ratio(
        at(ours, QUANTILE) / at(theirs, QUANTILE),
        (double) ours[low] / theirs[high],
        (double) ours[high] / theirs[low],
        rounds);
  }

  /** The candidate's times. */
  BenchResult.Times candidate(double loadMillis, double firstMillis, double cpuSeconds) {
    return times(sorted(candidate), loadMillis, firstMillis, cpuSeconds);
  }

  /** The reference's times. */
  BenchResult.Times reference(double loadMillis, double firstMillis, double cpuSeconds) {
    return times(sorted(reference), loadMillis, firstMillis, cpuSeconds);
  }

  private static BenchResult.Times times(
      long[] sorted, double loadMillis, double firstMillis, double cpuSeconds) {
    return new BenchResult.Times(
        loadMillis,
        firstMillis,
        at(sorted, QUANTILE) / 1e6,
        at(sorted, 0.50) / 1e6,
        at(sorted, 0.95) / 1e6,
        at(sorted, 0.99) / 1e6,
        cpuSeconds);
  }

  private long[] sorted(long[] nanos) {
    long[] sorted = Arrays.copyOf(nanos, rounds);
    Arrays.sort(sorted);
    return sorted;
  }

  static double at(long[] sorted, double quantile) {
    return sorted[(int) Math.floor(quantile * (sorted.length - 1))];
  }
}
