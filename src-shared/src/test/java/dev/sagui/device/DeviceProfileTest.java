/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceProfileTest {
  static List<Path> shipped() throws IOException {
    try (Stream<Path> known = Files.list(Path.of("../deploy/profiles"));
        Stream<Path> demo = Files.list(Path.of("../deploy/demo/profiles"))) {
      return Stream.concat(known, demo).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void everyShippedProfileIsReadAndNamedAsItsFile(Path file) throws IOException {
    DeviceProfile profile = DeviceProfile.parse(Files.readAllBytes(file));
    assertEquals(file.getFileName().toString(), profile.name() + ".json");
    assertTrue(profile.budget().ramBytes() <= profile.ramBytes());
    assertTrue(profile.threads() <= profile.cores());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"name\":\"x\"}", "{\"name\":3}"})
  void refusesWhatIsNoProfile(String json) {
    assertThrows(
        RejectedException.class, () -> DeviceProfile.parse(json.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void aBudgetIsPositive(long bytes) {
    assertThrows(IllegalArgumentException.class, () -> new Budget(bytes, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Budget(1, bytes, 1));
    assertThrows(IllegalArgumentException.class, () -> new Budget(1, 1, bytes));
  }
}
