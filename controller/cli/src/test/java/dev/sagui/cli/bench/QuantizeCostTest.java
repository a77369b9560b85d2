/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class QuantizeCostTest {
  @Test
  void takesTheTimeOfASampleFromTheDifferenceOfTwoRuns() {
    MeasuredRun few = new MeasuredRun(Duration.ofMillis(1500), 40_000_000, 90_000_000);
    MeasuredRun many = new MeasuredRun(Duration.ofMillis(6400), 42_000_000, 95_000_000);
    QuantizeCost.Calibration calibration = new QuantizeCost.Calibration(10, few, 500, many);
    assertEquals(0.01, calibration.secondsPerSample(), 1e-12);
    assertEquals(1.05, calibration.growth(), 1e-12);
    assertEquals("40 of 10, 42 of 500", calibration.memory());
    assertEquals("1.5 s, 40 MB anonymous, 90 MB resident", QuantizeCost.cost(few));
  }
}
