/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.failure.RejectedException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProfileMatchTest {
  private static final long GIB = 1L << 30;
  private static final List<String> OLD = List.of("fp", "asimd", "evtstrm", "crc32", "cpuid");
  private static final List<DeviceProfile> KNOWN =
      List.of(
          profile("zero", "Raspberry Pi Zero 2 W", "aarch64", GIB / 2, "asimd", "crc32"),
          profile("three", "Raspberry Pi 3 B+", "aarch64", GIB, "asimd", "crc32"),
          profile("four", "Raspberry Pi 4", "aarch64", 4 * GIB, "asimd", "crc32"),
          profile("five", "Raspberry Pi 5", "aarch64", 8 * GIB, "asimd", "crc32", "asimddp"),
          profile("vnni", "generic amd64", "amd64", 8 * GIB, "avx2", "avx512vnni"));

  @Test
  void aBoardIsKnownByItsName() {
    ProfileMatch match = of("Raspberry Pi Zero 2 W Rev 1.0", "aarch64", 430_000_000, OLD);
    assertEquals("zero", match.profile().name().value());
    assertEquals("its board is a Raspberry Pi Zero 2 W Rev 1.0", match.reason());
    assertEquals(
        "four",
        of("Raspberry Pi 4 Model B Rev 1.4", "aarch64", 4 * GIB, OLD).profile().name().value());
  }

  @Test
  void aBoardWithLessMemoryThanItsProfileGetsALesserOne() {
    ProfileMatch match = of("Raspberry Pi 4 Model B Rev 1.4", "aarch64", 2 * GIB, OLD);
    assertEquals("three", match.profile().name().value());
    assertEquals(
        "it asks most of what this machine has: aarch64 with asimd, crc32, 1.1 GB", match.reason());
  }

  @Test
  void anUnknownBoardGetsWhatAsksMost() {
    List<String> flags = List.of("asimd", "crc32", "asimddp", "sve");
    assertEquals("five", of("", "aarch64", 16 * GIB, flags).profile().name().value());
    assertEquals("four", of("", "aarch64", 16 * GIB, OLD).profile().name().value());
    assertEquals(
        "vnni", of("", "amd64", 16 * GIB, List.of("avx2", "avx512_vnni")).profile().name().value());
  }

  @Test
  void whatSuitsNoneIsTold() {
    RejectedException e =
        assertThrows(RejectedException.class, () -> of("", "riscv64", GIB, List.of()));
    assertTrue(
        String.valueOf(e.getMessage())
            .startsWith("no profile suits this machine (riscv64, 1.1 GB); known are five, four"),
        e.getMessage());
  }

  private static ProfileMatch of(String board, String architecture, long ram, List<String> flags) {
    return ProfileMatch.of(new ProfileMatch.Machine(board, architecture, flags, ram), KNOWN);
  }

  private static DeviceProfile profile(
      String name, String board, String architecture, long ram, String... flags) {
    return new DeviceProfile(
        new ArtifactName(name),
        board,
        architecture,
        List.of(flags),
        4,
        ram,
        4,
        new Budget(ram, ram, Double.POSITIVE_INFINITY),
        Optional.empty());
  }
}
