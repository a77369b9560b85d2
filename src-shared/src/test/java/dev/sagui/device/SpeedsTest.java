/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SpeedsTest {
  private static final OptionalDouble NONE = OptionalDouble.empty();

  @Test
  void aProfileHasTheMedianOfItsDevices() {
    Speeds slow = new Speeds(10, 20, 1, OptionalDouble.of(0.3), NONE, 1);
    Speeds usual = new Speeds(30, 60, 3, OptionalDouble.of(0.1), OptionalDouble.of(0.08), 1);
    Speeds fast = new Speeds(90, 70, 4, OptionalDouble.of(0.1), OptionalDouble.of(0.04), 1);
    assertEquals(
        new Speeds(30, 60, 3, OptionalDouble.of(0.1), OptionalDouble.of(0.06), 3),
        Speeds.median(List.of(fast, slow, usual)));
    assertEquals(20, Speeds.median(List.of(slow, usual)).fp32Gflops());
    assertEquals(slow, Speeds.median(List.of(slow)));
  }

  @Test
  void readsWhatItWroteAndWhatABoardHas() {
    Speeds measured = new Speeds(10, 20, 1, OptionalDouble.of(0.3), OptionalDouble.of(0.08), 2);
    assertEquals(measured, Speeds.parse(Fields.parse(Json.write(measured.json()))));
    Speeds board = new Speeds(10, 15, 0.55);
    assertEquals(board, Speeds.parse(Fields.parse(Json.write(board.json()))));
    assertEquals(0, board.devices());
  }

  @Test
  void aSpeedIsAboveNothing() {
    assertThrows(IllegalArgumentException.class, () -> new Speeds(10, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Speeds(10, 1, Double.NaN));
  }
}
