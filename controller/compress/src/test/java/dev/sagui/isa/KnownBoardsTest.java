/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.ProfileMatch;
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
  void aBoardThatIsNoneOfThemIsNotHeldToThePeakOfOneOfThem() {
    List<String> dotProduct =
        List.of(
            "fp",
            "asimd",
            "evtstrm",
            "aes",
            "pmull",
            "sha1",
            "sha2",
            "crc32",
            "atomics",
            "fphp",
            "asimdhp",
            "cpuid",
            "asimdrdm",
            "lrcpc",
            "dcpop",
            "asimddp");
    assertEquals("arm64-dotprod", match("Radxa ROCK 5B", 8L << 30, dotProduct));
    assertEquals("raspberry-pi-5", match("Raspberry Pi 5 Model B Rev 1.0", 8L << 30, dotProduct));
    assertEquals("arm64-dotprod", match("Raspberry Pi 5 Model B Rev 1.0", 4L << 30, dotProduct));
    assertEquals("raspberry-pi-4", match("", 8L << 30, List.of("fp", "asimd", "crc32")));
  }

  private static String match(String board, long ram, List<String> flags) {
    ProfileMatch.Machine machine = new ProfileMatch.Machine(board, "aarch64", flags, ram);
    return ProfileMatch.of(machine, KnownBoards.all()).profile().name().value();
  }

  @Test
  void unknownBoardIsRefusedWithTheKnownOnes() {
    assertTrue(KnownBoards.find("toaster").isEmpty());
    RejectedException e = assertThrows(RejectedException.class, () -> KnownBoards.get("toaster"));
    assertEquals(FailureCode.UNKNOWN_PROFILE, e.code());
    assertTrue(e.getMessage().contains("raspberry-pi-5"));
  }
}
