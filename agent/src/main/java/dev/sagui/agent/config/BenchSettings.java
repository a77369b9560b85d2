/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import java.time.Duration;

/**
 * When this device measures models for the controller, and what that may take.
 *
 * @param idle without a request for so long before a bench begins
 * @param window hours of the day in which benches may begin
 * @param maxCelsius above which none begins
 * @param maxBytes of flash for the models of one bench, for as long as it lasts
 * @param maxTime that the runs of one bench may take
 */
public record BenchSettings(
    boolean enabled,
    Duration idle,
    MaintenanceWindow window,
    double maxCelsius,
    long maxBytes,
    Duration maxTime) {
  /** Takes no jobs. */
  public static final BenchSettings OFF =
      new BenchSettings(false, Duration.ZERO, MaintenanceWindow.ALWAYS, 0, 0, Duration.ZERO);
}
