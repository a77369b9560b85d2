/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import com.github.kagkarlsson.scheduler.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The time of leases, on which all processes of a database agree: each one's runs with its
 * monotonic timer, and twice in a heartbeat they meet at the latest. Clocks on the wall may jump.
 * Any thread may ask.
 */
public final class JobClock implements Clock {
  private static final long NANOS_IN_MILLI = 1_000_000;

  private final Database database;
  private final long tickMillis;
  private final LongSupplier nanos;
  private long agreed;
  private long since;

  public JobClock(Database database, Duration heartbeat, LongSupplier nanos) {
    this.database = database;
    this.tickMillis = heartbeat.toMillis() / 2;
    this.nanos = nanos;
    this.agreed = agreed(0);
    this.since = nanos.getAsLong();
  }

  @Override
  public synchronized Instant now() {
    long passed = (nanos.getAsLong() - since) / NANOS_IN_MILLI;
    if (passed >= tickMillis) {
      agreed = agreed(agreed + passed);
      since = nanos.getAsLong();
      passed = 0;
    }
    return Instant.ofEpochMilli(agreed + passed);
  }

  private long agreed(long mine) {
    return database.write(
        h ->
            h.createQuery("UPDATE job_clock SET millis = max(millis, :mine) RETURNING millis")
                .bind("mine", mine)
                .mapTo(Long.class)
                .one());
  }
}
