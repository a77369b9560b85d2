/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MachineTest {
  private static final LocalDate DAY = LocalDate.of(2026, 1, 2);

  @Test
  void readsModelAndFlagsOfAnAmd64Cpu() {
    String cpuinfo =
        """
        processor\t: 0
        model name\t: AMD EPYC 9R14
        flags\t\t: fpu sse2 avx2 avx512f avx512_vnni
        """;
    Machine machine = Machine.parse(cpuinfo, DAY, 2, List.of("JDK 17"));
    assertEquals("AMD EPYC 9R14", machine.cpu());
    assertEquals(List.of("avx2", "avx512f", "avx512_vnni"), machine.isaFlags());
  }

  @Test
  void readsModelAndFeaturesOfAPi() {
    String cpuinfo =
        """
        processor\t: 0
        Features\t: fp asimd asimddp

        Model\t\t: Raspberry Pi 5 Model B Rev 1.0
        """;
    Machine machine = Machine.parse(cpuinfo, DAY, 4, List.of());
    assertEquals("Raspberry Pi 5 Model B Rev 1.0", machine.cpu());
    assertEquals(List.of("asimddp"), machine.isaFlags());
  }

  @Test
  void saysSoWhenTheKernelNamesNoModel() {
    assertEquals("unknown", Machine.parse("", DAY, 1, List.of()).cpu());
  }
}
