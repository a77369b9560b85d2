/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The controller's start and its memory. */
final class ControllerPart {
  private static final int STARTS = 4;
  private static final Duration SETTLE = Duration.ofSeconds(3);

  private final Sample starts = new Sample();
  private String idle = "";

  /** Starts it some times on fresh folders; the last one is left running. */
  BenchFleet start(Workshop workshop) {
    for (int i = 1; i < STARTS; i++) {
      try (BenchFleet fleet = BenchFleet.start(workshop, "controller-" + i)) {
        starts.add(fleet.firstAnswer());
      }
    }
    BenchFleet fleet = BenchFleet.start(workshop, "controller");
    starts.add(fleet.firstAnswer());
    Until.sleep(SETTLE);
    idle = text(fleet.program().memory());
    return fleet;
  }

  List<Row> rows(String afterDelivery) {
    String start = String.format(Locale.ROOT, "%.0f", starts.p10());
    return List.of(
        Row.alone("Controller: start to first answered request on a fresh folder, ms", start),
        Row.alone("Controller: RSS idle, MB (of it anonymous)", idle),
        Row.alone(
            "Controller: RSS after the demo's model was fitted, released, delivered and 3,000"
                + " inferences reported, MB (of it anonymous)",
            afterDelivery));
  }

  static String text(Memory memory) {
    return String.format(
        Locale.ROOT, "%.0f (%.0f)", memory.residentMegabytes(), memory.anonymousMegabytes());
  }
}
