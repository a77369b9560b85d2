/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalDouble;

/** Durations of one kind of run; percentiles by nearest rank. */
final class Sample {
  private long[] nanos = new long[64];
  private int size;

  void add(long durationNanos) {
    if (size == nanos.length) {
      nanos = Arrays.copyOf(nanos, size * 2);
    }
    nanos[size++] = durationNanos;
  }

  void add(Duration duration) {
    add(duration.toNanos());
  }

  int size() {
    return size;
  }

  /** The duration in ms that {@code percent} of the runs do not exceed. */
  double percentileMillis(double percent) {
    if (size == 0) {
      throw new IllegalStateException("a sample without runs has no percentile; this is a bug");
    }
    long[] sorted = Arrays.copyOf(nanos, size);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(percent / 100 * size);
    return sorted[Math.max(rank, 1) - 1] / 1e6;
  }

  double p10() {
    return percentileMillis(10);
  }

  /** None of a side that was not run. */
  OptionalDouble findP10() {
    return size == 0 ? OptionalDouble.empty() : OptionalDouble.of(p10());
  }

  double p50() {
    return percentileMillis(50);
  }
}
