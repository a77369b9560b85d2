/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.device.DeviceId;
import dev.sagui.json.Fields;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BirthsTest {
  @Test
  void unknownDeviceArrives() {
    assertEquals(Births.ARRIVED, Births.of(Optional.empty(), "a"));
  }

  @Test
  void sameProcessReconnectsOnlyWhileOnline() {
    assertEquals(Births.RECONNECTED, Births.of(known("a", "", true), "a"));
    assertEquals(Births.ARRIVED, Births.of(known("a", "", false), "a"));
  }

  @Test
  void newProcessIsARestartAndNoDuplicate() {
    assertEquals(Births.RESTARTED, Births.of(known("a", "", true), "b"));
  }

  @Test
  void replacedProcessThatComesBackIsADuplicate() {
    assertEquals(Births.ALTERNATING, Births.of(known("b", "a", true), "a"));
  }

  private static Optional<Device> known(String instance, String previous, boolean online) {
    return Optional.of(
        new Device(
            new DeviceId("pi"),
            instance,
            previous,
            online,
            Instant.EPOCH,
            "raspberry-pi-5",
            Fields.empty(),
            0,
            Optional.empty(),
            List.of(),
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }
}
