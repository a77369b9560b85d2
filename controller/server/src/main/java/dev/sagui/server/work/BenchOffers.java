/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.Digest;
import dev.sagui.device.BenchResult;
import dev.sagui.server.catalog.Bench;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What was sent for each bench job last, and when. Any thread may ask. */
final class BenchOffers {
  /** Longer than a device may take for all of a job. */
  private static final Duration LOST = Duration.ofMinutes(8);

  /** What a thread may be late by. */
  private static final double SLACK_SECONDS = 2;

  private final Clock clock;
  private final Map<String, Offer> offers = new ConcurrentHashMap<>();

  private final Map<String, Since> first = new ConcurrentHashMap<>();

  private record Offer(Digest envelope, Instant at) {}

  /** A moment by both clocks: one stands still while a machine sleeps, the other one jumps. */
  private record Since(Instant wall, long nanos) {
    static final Since EVER = new Since(Instant.MIN, 0);

    /** The longer of both. */
    Duration until(Instant now, long nowNanos) {
      Duration ticked = Duration.ofNanos(nowNanos - nanos);
      Duration told = Duration.between(wall, now);
      return ticked.compareTo(told) > 0 ? ticked : told;
    }
  }

  BenchOffers(Clock clock) {
    this.clock = clock;
  }

  void sent(String job, byte[] envelope) {
    offers.put(job, new Offer(Digest.of(envelope), clock.instant()));
    first.putIfAbsent(job, new Since(clock.instant(), System.nanoTime()));
  }

  /** A process before this one may have sent it. */
  void sentBefore(String job) {
    first.put(job, Since.EVER);
  }

  /** Why no device can have measured that for it; empty if one can. */
  Optional<String> impossible(Bench job, BenchResult told) {
    return tooLong(job.id(), told.seconds()).or(() -> job.least().impossible(told));
  }

  /** A device's own clock does not count: it may never have been set. */
  private Optional<String> tooLong(String job, double seconds) {
    return Optional.ofNullable(first.get(job))
        .filter(since -> !since.equals(Since.EVER))
        .map(since -> since.until(clock.instant(), System.nanoTime()).toMillis() / 1e3)
        .filter(passed -> seconds > passed + SLACK_SECONDS)
        .map(
            passed ->
                String.format(
                    Locale.ROOT,
                    "%.1f s of measuring, and it was asked %.1f s ago",
                    seconds,
                    passed));
  }

  /** Whether its device may still be at it. */
  boolean isFresh(String job) {
    return find(job).filter(offer -> !clock.instant().isAfter(offer.at.plus(LOST))).isPresent();
  }

  /** Whether what was sent for it has that digest, in hexadecimal. */
  boolean isNamed(String job, String digest) {
    return find(job).filter(offer -> offer.envelope.hex().equals(digest)).isPresent();
  }

  void forget(String job) {
    offers.remove(job);
    first.remove(job);
  }

  private Optional<Offer> find(String job) {
    return Optional.ofNullable(offers.get(job));
  }
}
