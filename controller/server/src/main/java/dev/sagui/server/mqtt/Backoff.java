/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waiting times between attempts: doubled, capped, ±25 % jitter. */
final class Backoff {
  private static final double JITTER = 0.25;

  private final Duration first;
  private final Duration cap;
  private final RandomGenerator random;
  private Duration next;

  Backoff(Duration first, Duration cap, RandomGenerator random) {
    this.first = first;
    this.cap = cap;
    this.random = random;
    this.next = first;
  }

  Duration next() {
    Duration base = next;
    Duration doubled = base.multipliedBy(2);
    next = doubled.compareTo(cap) > 0 ? cap : doubled;
    double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
    return Duration.ofMillis(Math.round(base.toMillis() * factor));
  }

  /** To be called after a connection that was stable. */
  void reset() {
    next = first;
  }
}
