/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KnownBoardsTest {
  @Test
  void everyProfileFileIsAKnownBoard() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../../deploy/profiles"))) {
      List<String> names =
          files.map(f -> f.getFileName().toString().replace(".json", "")).sorted().toList();
      assertEquals(names, KnownBoards.all().stream().map(p -> p.name().value()).toList());
    }
  }

  @Test
  void unknownBoardIsRefusedWithTheKnownOnes() {
    assertTrue(KnownBoards.find("toaster").isEmpty());
    RejectedException e = assertThrows(RejectedException.class, () -> KnownBoards.get("toaster"));
    assertEquals(FailureCode.UNKNOWN_PROFILE, e.code());
    assertTrue(e.getMessage().contains("raspberry-pi-5"));
  }
}
