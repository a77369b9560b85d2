/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** The device's wall clock, which a test can set otherwise: by the duration that a file holds. */
final class WallClock extends Clock {
  /** Names the file; the system's clock without it. */
  static final String PROPERTY = "dev.sagui.clock";

  private final Clock system;
  private final Path shift;

  private WallClock(Clock system, Path shift) {
    this.system = system;
    this.shift = shift;
  }

  static Clock start() {
    Clock system = Clock.system(ZoneId.systemDefault());
    String file = System.getProperty(PROPERTY, "");
    return file.isEmpty() ? system : new WallClock(system, Path.of(file));
  }

  @Override
  public ZoneId getZone() {
    return system.getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return new WallClock(system.withZone(zone), shift);
  }

  @Override
  public Instant instant() {
    try {
      return system.instant().plus(Duration.parse(Files.readString(shift).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
