/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.telemetry;

import dev.sagui.sketch.LatencySketch;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The fleet histogram's buckets: 0.5 ms doubled up to 65 s, then all. */
public final class Buckets {
  private static final long FIRST_NANOS = 500_000;
  private static final int COUNT = 18;

  private Buckets() {}

  /** Upper bounds in nanoseconds, ascending, without the last, infinite one. */
  public static List<Long> upperNanos() {
    return IntStream.range(0, COUNT).mapToObj(i -> FIRST_NANOS << i).toList();
  }

  /** How many lie at or below each bound, to within the sketch's bucket. */
  public static List<Long> cumulative(LatencySketch sketch) {
    return LongStream.range(0, COUNT).mapToObj(i -> sketch.countUpTo(FIRST_NANOS << i)).toList();
  }
}
