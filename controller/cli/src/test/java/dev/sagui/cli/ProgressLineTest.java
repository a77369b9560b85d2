/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong nanos = new AtomicLong();
  private final StringWriter err = new StringWriter();

  @Test
  void shortTasksShowNothing() {
    run(true, 1.9);
    assertEquals("", err.toString());
  }

  @Test
  void terminalGetsABarWithTheTimeLeftThatIsTakenAway() {
    run(true, 4);
    assertTrue(err.toString().contains("\r\033[K[############............]  50 % step, 2 s left"));
    assertTrue(err.toString().endsWith("\r\033[K"));
  }

  @Test
  void elsewhereThereIsALineEveryTenSeconds() {
    run(false, 35);
    assertEquals(3, err.toString().lines().count());
    assertTrue(err.toString().startsWith(" 29 % step, 25 s left\n"), err.toString());
  }

  @Test
  void aStateMayChangeAndTheTimeLeftCountsFromWhereItBegan() {
    try (ProgressLine line = new ProgressLine(new PrintWriter(err), false, nanos::get)) {
      line.at("train: step 50", 0.5);
      nanos.set(12 * SECOND);
      line.at("train: step 75, loss 0.1", 0.75);
    }
    assertEquals(" 75 % train: step 75, loss 0.1, 12 s left\n", err.toString());
  }

  private void run(boolean terminal, double seconds) {
    try (ProgressLine line = new ProgressLine(new PrintWriter(err), terminal, nanos::get)) {
      for (int i = 0; i <= 1000; i++) {
        nanos.set((long) (i * seconds / 1000 * SECOND));
        line.at("step", i / 1000.0);
      }
    }
  }
}
