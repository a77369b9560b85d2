/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WearTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  @TempDir Path home;
  private final AtomicLong written = new AtomicLong(5_000);

  @Test
  void countsOverRestartsAndBeginsAnewEachDay() {
    Wear first = at(NOON);
    written.addAndGet(300);
    first.note();
    first.save();
    Wear second = at(NOON.plus(Duration.ofHours(3)));
    written.addAndGet(40);
    second.note();
    assertEquals(340, second.todayBytes());
    second.save();
    Wear next = at(NOON.plus(Duration.ofDays(1)));
    written.addAndGet(7);
    next.note();
    assertEquals(7, next.todayBytes());
    next.save();
    assertEquals(
        Map.of(LocalDate.of(2026, 3, 1), 340L, LocalDate.of(2026, 3, 2), 7L), Wear.read(home));
  }

  @Test
  void isKeptAfterEachMebibyteWithoutBeingTold() {
    Wear wear = at(NOON);
    written.addAndGet(1_000_000);
    wear.note();
    assertEquals(Map.of(), Wear.read(home));
    written.addAndGet(100_000);
    wear.note();
    assertEquals(Map.of(LocalDate.of(2026, 3, 1), 1_100_000L), Wear.read(home));
  }

  @Test
  void keepsAWeek() {
    for (int day = 0; day < 20; day++) {
      Wear wear = at(NOON.plus(Duration.ofDays(day)));
      written.incrementAndGet();
      wear.note();
      wear.save();
    }
    assertEquals(7, Wear.read(home).size());
  }

  @Test
  void aTornFileCountsAsNothing() throws IOException {
    Files.writeString(home.resolve("written"), "{\"2026-03-01\":12");
    assertEquals(Map.of(), Wear.read(home));
    assertEquals(0, at(NOON).todayBytes());
  }

  @Test
  void theKernelTellsWhatThisProcessWrote() {
    assertTrue(Wear.ofThisProcess() >= 0);
  }

  private Wear at(Instant now) {
    return new Wear(home, Clock.fixed(now, ZoneOffset.UTC), written::get);
  }
}
