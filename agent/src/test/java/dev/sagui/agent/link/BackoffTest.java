/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void doublesWithinAQuarterUpToAMinute(long seed) {
    Backoff backoff = new Backoff(new Random(seed));
    long base = 1_000;
    for (int i = 0; i < 200; i++) {
      assertNear(base, backoff.after(Duration.ZERO));
      base = Math.min(60_000, base * 2);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void startsAnewOnlyAfterAConnectionOfThirtySeconds(long seed) {
    Random random = new Random(seed);
    Backoff backoff = new Backoff(random);
    long base = 1_000;
    for (int i = 0; i < 500; i++) {
      Duration lasted = Duration.ofMillis(random.nextInt(35_000));
      base = lasted.toMillis() >= 30_000 ? 1_000 : base;
      assertNear(base, backoff.after(lasted));
      base = Math.min(60_000, base * 2);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void waitsLongestAfterATakeover(long seed) {
    Backoff backoff = new Backoff(new Random(seed));
    assertNear(60_000, backoff.afterTakeover());
    assertNear(60_000, backoff.after(Duration.ofSeconds(29)));
    assertNear(1_000, backoff.after(Duration.ofSeconds(30)));
  }

  private static void assertNear(long baseMillis, Duration wait) {
    long millis = wait.toMillis();
    assertTrue(
        millis >= baseMillis * 0.75 && millis <= baseMillis * 1.25,
        () -> "%d ms, expected %d ms within a quarter".formatted(millis, baseMillis));
  }
}
