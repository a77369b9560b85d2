/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.telemetry;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.time.Duration;
import java.time.format.DateTimeParseException;

/** How far back percentiles look. */
public final class Window {
  /** What the page shows: long enough for a quiet device, short enough to show a change. */
  public static final Duration RECENT = Duration.ofMinutes(15);

  private static final Duration LEAST = Duration.ofMinutes(1);
  private static final Duration MOST = Duration.ofDays(3650);

  private Window() {}

  /**
   * @throws RejectedException BAD_REQUEST unless it is an ISO 8601 duration of a minute or more
   */
  public static Duration parse(String text) {
    try {
      Duration window = Duration.parse(text);
      if (window.compareTo(LEAST) >= 0) {
        return window.compareTo(MOST) > 0 ? MOST : window;
      }
    } catch (DateTimeParseException e) {
      // reported below like one that is too short
    }
    throw new RejectedException(
        FailureCode.BAD_REQUEST,
        "expected ?window= as an ISO 8601 duration of a minute or more, such as PT15M; found '%s'"
            .formatted(text));
  }
}
