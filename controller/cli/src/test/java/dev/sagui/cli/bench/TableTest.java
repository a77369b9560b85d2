/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class TableTest {
  private static final Machine MACHINE =
      new Machine(LocalDate.of(2026, 1, 2), "A CPU", 2, List.of("avx2"), List.of("JDK 17"));

  @Test
  void showsMissedAndMetTargets() {
    Row met = Row.beside("a, MB", "%.1f", 2, OptionalDouble.of(4)).atMost(0.9);
    Row missed = Row.beside("b, ms", "%.0f", 5, OptionalDouble.of(4)).atMost(1.2);
    Table table = new Table("T", MACHINE, "./sagui bench t", List.of(met, missed), List.of("n."));
    assertEquals(
        """
        ## T

        - Date: 2026-01-02
        - CPU: A CPU, 2 cores, avx2
        - Versions: JDK 17
        - Command: `./sagui bench t`

        | What | Sagui | Peer | Ratio | Target |
        |---|---:|---:|---:|---|
        | a, MB | 2.0 | 4.0 | 0.50 | ≤ 0.9, met |
        | b, ms | 5 | 4 | 1.25 | ≤ 1.2, **missed** |

        - n.
        """,
        table.markdown());
    assertTrue(table.missedTarget());
  }

  @Test
  void claimsNothingOfAPeerThatWasNotRun() {
    Row row = Row.beside("a", "%.1f", 2, OptionalDouble.empty()).atMost(0.9);
    assertEquals("–", row.peer());
    assertEquals("", row.ratioText());
    assertEquals("≤ 0.9", row.targetText());
    assertFalse(row.missed());
  }

  @Test
  void judgesRatiosThatShouldBeLarge() {
    Row row = Row.beside("a, MB/s", "%.0f", 5, OptionalDouble.of(2));
    assertEquals("≥ 2.5, met", row.atLeast(2.5).targetText());
    assertEquals("≥ 3.0, **missed**", row.atLeast(3).targetText());
    assertTrue(row.atLeast(3).missed());
    assertEquals("", Row.beside("a", "%.0f", 5, OptionalDouble.empty()).atLeast(3).targetText());
  }

  @Test
  void keepsTheReasonOfAFailedPartOnOneLine() {
    Row row = Row.failed("pull", "first\nsecond | third");
    assertEquals("not measured: first second / third", row.ours());
  }
}
