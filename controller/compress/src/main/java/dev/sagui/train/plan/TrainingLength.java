/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.plan;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.keys.Keys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** How long a training goes on; an epoch is once through all samples. */
public sealed interface TrainingLength {
  /**
   * Reads one of {@code steps}, {@code epochs} and {@code minutes}.
   *
   * @throws RejectedException BAD_REQUEST for two of them
   */
  static TrainingLength parse(Keys keys, TrainingLength usual) {
    List<String> given = List.of("steps", "epochs", "minutes").stream().filter(keys::has).toList();
    if (given.size() > 1) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected one of steps, epochs and minutes in %s, found %s"
              .formatted(keys.where(), String.join(" and ", given)));
    }
    if (keys.has("steps")) {
      return new Steps(keys.whole("steps", 0, 1));
    }
    if (keys.has("epochs")) {
      return new Epochs(keys.number("epochs", 0, 1e-6, 1e9));
    }
    if (keys.has("minutes")) {
      return new Time(Duration.ofMillis(Math.round(60e3 * keys.number("minutes", 0, 1e-3, 1e6))));
    }
    return usual;
  }

  /** In all; empty where time limits them. */
  OptionalLong steps();

  /** That all steps shall take; zero where it does not matter. */
  default Duration time() {
    return Duration.ZERO;
  }

  /** The same where an epoch has so many steps. */
  default TrainingLength over(long epochSteps) {
    return this;
  }

  /** As recipes have it. */
  Map<String, Object> json();

  /**
   * @param count of the optimizer, 1 or more
   */
  record Steps(long count) implements TrainingLength {
    @Override
    public OptionalLong steps() {
      return OptionalLong.of(count);
    }

    @Override
    public Map<String, Object> json() {
      return Map.of("steps", count);
    }
  }

  /**
   * @param count may be a fraction
   */
  record Epochs(double count) implements TrainingLength {
    @Override
    public OptionalLong steps() {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "expected steps or minutes, found epochs: these data are made anew and have no end");
    }

    @Override
    public TrainingLength over(long epochSteps) {
      return new Steps(Math.max(1, Math.round(count * epochSteps)));
    }

    @Override
    public Map<String, Object> json() {
      return Map.of("epochs", count);
    }
  }

  /** The number of steps follows from the pace of the first. */
  record Time(@Override Duration time) implements TrainingLength {
    @Override
    public OptionalLong steps() {
      return OptionalLong.empty();
    }

    @Override
    public Map<String, Object> json() {
      return Map.of("minutes", time.toMillis() / 60e3);
    }
  }
}
