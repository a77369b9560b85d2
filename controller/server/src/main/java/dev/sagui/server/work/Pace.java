/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import java.time.Duration;
import java.time.Instant;

/** When progress is worth a word: each new step, and four times a second inside one. */
final class Pace {
  private static final Duration BETWEEN = Duration.ofMillis(250);

  private String step = "";
  private Instant told = Instant.EPOCH;

  /**
   * @param what the step, with its state after a colon
   */
  synchronized boolean isTime(String what, Instant now) {
    int colon = what.indexOf(':');
    String name = colon < 0 ? what : what.substring(0, colon);
    if (name.equals(step) && now.isBefore(told.plus(BETWEEN))) {
      return false;
    }
    step = name;
    told = now;
    return true;
  }
}
