/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.BenchResult;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedTimesTest {
  @Test
  void theIntervalHoldsTheTrueRatioOfPreemptedRuns() {
    int held = 0;
    for (int seed = 0; seed < 200; seed++) {
      BenchResult.Ratio ratio = noisy(new Random(seed), 200);
      held += ratio.low() <= 0.5 && 0.5 <= ratio.high() ? 1 : 0;
    }
    assertTrue(held >= 190, "of 200 intervals of 95 % hold the true ratio: " + held);
  }

  /** True ratio 0.5: log-uniform noise of 20 %, and every fifth run is preempted. */
  private static BenchResult.Ratio noisy(Random random, int rounds) {
    PairedTimes times = new PairedTimes();
    for (int i = 0; i < rounds; i++) {
      times.add(nanos(1e6, random), nanos(2e6, random));
    }
    return times.ratio();
  }

  private static long nanos(double least, Random random) {
    double preempted = random.nextInt(5) == 0 ? 4e6 * random.nextDouble() : 0;
    return (long) (least * Math.exp(0.2 * random.nextDouble()) + preempted);
  }

  @Test
  void isSettledWithEnoughRoundsAndNotBefore() {
    assertFalse(noisy(new Random(1), 35).settled());
    assertTrue(noisy(new Random(1), 2_000).settled());
  }

  @Test
  void percentilesAreThoseOfTheSortedTimes() {
    PairedTimes times = new PairedTimes();
    for (int i = 1_000; i >= 0; i--) {
      times.add(i * 1_000_000L + 1_000_000, 1_000_000);
    }
    BenchResult.Times told = times.candidate(1, 1, 0);
    assertEquals(101, told.p10Millis());
    assertEquals(501, told.p50Millis());
    assertEquals(951, told.p95Millis());
    assertEquals(991, told.p99Millis());
    assertEquals(101, times.ratio().value());
  }
}
