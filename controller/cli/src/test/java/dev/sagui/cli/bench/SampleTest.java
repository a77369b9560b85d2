/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class SampleTest {
  @Test
  void takesPercentilesByNearestRank() {
    Sample sample = new Sample();
    for (int i = 100; i >= 1; i--) {
      sample.add(i * 1_000_000L);
    }
    assertEquals(10, sample.p10());
    assertEquals(50, sample.p50());
    assertEquals(100, sample.percentileMillis(100));
    assertEquals(1, sample.percentileMillis(0));
  }

  @Test
  void takesTheFastestOfFewRuns() {
    Sample sample = new Sample();
    sample.add(3_000_000);
    sample.add(2_000_000);
    assertEquals(2, sample.p10());
  }

  @Test
  void hasNoPercentileWithoutRuns() {
    assertThrows(IllegalStateException.class, () -> new Sample().p50());
  }
}
