/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.Digest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What was sent for each bench job last, and when. Any thread may ask. */
final class BenchOffers {
  /** Longer than a device may take for all of a job. */
  private static final Duration LOST = Duration.ofMinutes(8);

  private final Clock clock;
  private final Map<String, Offer> offers = new ConcurrentHashMap<>();

  private record Offer(Digest envelope, Instant at) {}

  BenchOffers(Clock clock) {
    this.clock = clock;
  }

  void sent(String job, byte[] envelope) {
    offers.put(job, new Offer(Digest.of(envelope), clock.instant()));
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
  }

  private Optional<Offer> find(String job) {
    return Optional.ofNullable(offers.get(job));
  }
}
