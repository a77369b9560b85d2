/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.bench.Board;
import dev.sagui.agent.config.BenchSettings;
import dev.sagui.agent.serve.Requests;
import java.time.Clock;
import java.time.LocalTime;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;

/**
 * Whether this device may measure models now.
 *
 * @param updating whether an update is under way
 */
record BenchAdmission(
    BenchSettings rules,
    Requests requests,
    Board board,
    Clock wallClock,
    BooleanSupplier updating) {

  /** Why a bench may not begin; empty if it may. */
  Optional<String> obstacle() {
    OptionalDouble celsius = board.celsius();
    if (!rules.enabled()) {
      return Optional.of("this device takes no bench jobs (sagui.bench.enabled)");
    }
    if (isUpdating()) {
      return Optional.of("an update is under way");
    }
    if (!rules.window().contains(LocalTime.now(wallClock))) {
      return Optional.of("benches wait for the window " + rules.window());
    }
    if (celsius.isPresent() && celsius.getAsDouble() > rules.maxCelsius()) {
      return Optional.of(
          "it has %.0f °C, the limit is %.0f".formatted(celsius.getAsDouble(), rules.maxCelsius()));
    }
    return isIdle()
        ? Optional.empty()
        : Optional.of("it answered a request %d s ago".formatted(requests.idle().toSeconds()));
  }

  /** Whether requests have ceased for long enough. */
  boolean isIdle() {
    return requests.idle().compareTo(rules.idle()) >= 0;
  }

  boolean isUpdating() {
    return updating.getAsBoolean();
  }
}
