/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveredTest {
  @Test
  void printsOneRowADeviceAndNamesAnIdenticalModel() {
    String table =
        Delivered.table(
            List.of(
                new Delivered("zero", "fp16", 421_000, 420_000, 71.25, 64, 1, 2, 3.456),
                new Delivered(
                    "five", "fp32", 840_000, 834_821, Double.POSITIVE_INFINITY, 64, 1, 2, 3)));
    String[] lines = table.split("\\R");
    assertEquals(3, lines.length);
    assertTrue(
        lines[1].matches(" +zero +fp16 +421,000 +420,000 +71\\.3 +1\\.00 +2\\.00 +3\\.46"),
        lines[1]);
    assertTrue(lines[2].contains("identical"), lines[2]);
  }
}
