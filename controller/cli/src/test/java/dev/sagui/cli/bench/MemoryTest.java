/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class MemoryTest {
  @Test
  void readsResidentAndAnonymousBytes() {
    Memory memory = Memory.parse("Name:\tjava\nVmRSS:\t  1000 kB\nRssAnon:\t    600 kB\n");
    assertEquals(1_024_000, memory.residentBytes());
    assertEquals(614_400, memory.anonymousBytes());
  }

  @Test
  void refusesAProcessThatHasEnded() {
    assertThrows(BenchException.class, () -> Memory.parse("Name:\tjava\nState:\tZ (zombie)\n"));
  }

  @Test
  void readsThisProcess() {
    assertTrue(Memory.of(ProcessHandle.current().pid()).residentMegabytes() > 10);
  }
}
