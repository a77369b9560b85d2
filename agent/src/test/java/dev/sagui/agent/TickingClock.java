/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** A wall clock that was set to midnight when {@code nanos} was 0. */
final class TickingClock extends Clock {
  private static final Instant MIDNIGHT = Instant.parse("2026-01-02T00:00:00Z");
  private final LongSupplier nanos;

  TickingClock(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("always UTC");
  }

  @Override
  public Instant instant() {
    return MIDNIGHT.plusNanos(nanos.getAsLong());
  }
}
