/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class IntervalTest {
  @Test
  void isOfStudentsT() {
    Interval interval = Interval.of(List.of(1.0, 2.0, 3.0, 4.0, 5.0));
    assertEquals(3, interval.mean(), 1e-12);
    assertEquals(2.776 * Math.sqrt(2.5 / 5), interval.half(), 1e-12);
    assertEquals("3.0 ± 2.0", interval.toString());
  }
}
