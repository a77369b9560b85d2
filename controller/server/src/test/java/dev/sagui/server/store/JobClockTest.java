/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobClockTest {
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final Duration HALF = HEARTBEAT.dividedBy(2);

  @TempDir Path folder;

  private Database database;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("sagui.db"));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void passesLikeTheTimerOfItsProcess() {
    AtomicLong nanos = new AtomicLong(-7);
    JobClock clock = new JobClock(database, HEARTBEAT, nanos::get);
    Instant start = clock.now();
    for (int second = 1; second <= 60; second++) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
      assertEquals(start.plusSeconds(second), clock.now());
    }
  }

  @Test
  void goesOnWhereTheLastProcessWas() {
    AtomicLong nanos = new AtomicLong();
    JobClock last = new JobClock(database, HEARTBEAT, nanos::get);
    Instant start = last.now();
    nanos.set(TimeUnit.HOURS.toNanos(100));
    last.now();
    JobClock next = new JobClock(database, HEARTBEAT, () -> 0);
    assertEquals(start.plus(Duration.ofHours(100)), next.now());
  }

  @Test
  void processesAreHalfAHeartbeatApartAtMost() {
    AtomicLong ahead = new AtomicLong();
    AtomicLong behind = new AtomicLong(TimeUnit.DAYS.toNanos(3));
    JobClock first = new JobClock(database, HEARTBEAT, ahead::get);
    JobClock second = new JobClock(database, HEARTBEAT, behind::get);
    Instant before = first.now();
    for (int i = 0; i < 100; i++) {
      ahead.addAndGet(TimeUnit.MILLISECONDS.toNanos(510));
      behind.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
      Instant now = first.now();
      assertFalse(now.isBefore(before));
      before = now;
      Duration apart = Duration.between(second.now(), now).abs();
      assertTrue(apart.compareTo(HALF.plusMillis(20)) <= 0, apart.toString());
    }
  }
}
