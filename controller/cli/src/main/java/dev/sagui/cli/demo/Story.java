/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.demo;

import dev.sagui.cli.OutputOptions;
import java.util.function.LongSupplier;

/** The demo's text: numbered steps with the time since its start. */
final class Story {
  private final OutputOptions output;
  private final LongSupplier nanoClock;
  private final long startNanos;
  private int step;

  Story(OutputOptions output, LongSupplier nanoClock) {
    this.output = output;
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
  }

  void step(String title) {
    step++;
    output.line("");
    output.line("%d. %s  [%.1f s]", step, title, seconds());
  }

  void line(String format, Object... values) {
    output.line("   " + format, values);
  }

  void block(String text) {
    text.lines().forEach(line -> output.line("%s", line));
  }

  double seconds() {
    return (nanoClock.getAsLong() - startNanos) / 1e9;
  }
}
