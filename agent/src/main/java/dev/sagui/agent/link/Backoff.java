/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When to connect again: doubled from a second to a minute, ±25 % so that a fleet does not come at
 * once, and back to a second only after a connection was stable for 30 seconds. Owned by one
 * thread.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration CAP = Duration.ofSeconds(60);
  private static final Duration STABLE = Duration.ofSeconds(30);

  private final RandomGenerator random;
  private Duration next = FIRST;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** How long to wait after a connection that lasted {@code lasted}; zero if it never stood. */
  Duration after(Duration lasted) {
    if (lasted.compareTo(STABLE) >= 0) {
      next = FIRST;
    }
    Duration wait = jittered(next);
    next = next.multipliedBy(2).compareTo(CAP) > 0 ? CAP : next.multipliedBy(2);
    return wait;
  }

  /** How long to wait when another agent took the session: the longest, so that no storm begins. */
  Duration afterTakeover() {
    next = CAP;
    return jittered(CAP);
  }

  private Duration jittered(Duration base) {
    return Duration.ofMillis(Math.round(base.toMillis() * random.nextDouble(0.75, 1.25)));
  }
}
