/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fit.Limits;
import dev.sagui.fit.Preference;
import dev.sagui.fit.Search;
import dev.sagui.fit.Workbench;
import dev.sagui.json.Fields;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What a request for a fit asks. */
final class FitRequest {
  private static final double USUAL_MINUTES = 10;

  /** Longer than anybody waits. */
  private static final double MOST_MINUTES = 24 * 60;

  private static final double USUAL_PATIENCE_SECONDS = 60;

  private FitRequest() {}

  /**
   * How long devices that shall measure are waited for; empty when none shall.
   *
   * @throws RejectedException BAD_REQUEST
   */
  static Optional<Duration> patience(Fields f) {
    double seconds = f.findNumber("patience_seconds").orElse(USUAL_PATIENCE_SECONDS);
    if (!(seconds >= 0 && seconds <= 60 * MOST_MINUTES)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected patience_seconds from 0 to %s, got %s".formatted(60 * MOST_MINUTES, seconds));
    }
    return f.has("measure") && f.flag("measure")
        ? Optional.of(Duration.ofMillis((long) (1_000 * seconds)))
        : Optional.empty();
  }

  /**
   * @throws RejectedException BAD_REQUEST or UNKNOWN_PROFILE
   */
  static Search.Demand demand(Fields f, Function<List<String>, List<DeviceProfile>> profiles) {
    Limits limits = Limits.parse(f.findString("budget"), f.findString("floor"));
    double minutes = f.findNumber("minutes").orElse(USUAL_MINUTES);
    if (!(minutes > 0 && minutes <= MOST_MINUTES)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected minutes above 0, %s at most, got %s".formatted(MOST_MINUTES, minutes));
    }
    double distill = f.findNumber("distill_minutes").orElse(0);
    if (!(distill >= 0 && distill < minutes)) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected distill_minutes from 0 to below minutes, got " + distill);
    }
    return new Search.Demand(
        profiles.apply(f.strings("profiles")),
        limits,
        Preference.parse(f.findString("prefer").orElse("speed")),
        new Workbench.Settings(0, Map.of(), 1, duration(distill)),
        duration(minutes));
  }

  private static Duration duration(double minutes) {
    return Duration.ofMillis((long) (60_000 * minutes));
  }
}
