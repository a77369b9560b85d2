/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

import dev.sagui.onnx.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Progress with an ETA: a bar that is redrawn on a terminal, a line every 10 s elsewhere; nothing
 * in the first 2 s.
 */
public final class ProgressLine implements Progress, AutoCloseable {
  private static final long QUIET_NANOS = 2_000_000_000L;
  private static final long REDRAW_NANOS = 200_000_000L;
  private static final long LINE_NANOS = 10_000_000_000L;
  private static final int BAR = 24;

  private final PrintWriter err;
  private final boolean terminal;
  private final LongSupplier nanos;
  private final long start;
  private String step = "";
  private long stepStart;
  private double stepFraction;
  private long shown;
  private boolean drawn;

  ProgressLine(PrintWriter err, boolean terminal, LongSupplier nanos) {
    this.err = err;
    this.terminal = terminal;
    this.nanos = nanos;
    this.start = nanos.getAsLong();
    this.stepStart = start;
    this.shown = start;
  }

  static ProgressLine silent() {
    return new ProgressLine(new PrintWriter(Writer.nullWriter()), false, () -> 0);
  }

  /** Whether stderr is a terminal, where the system can tell. */
  static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  @Override
  public void at(String what, double fraction) {
    long now = nanos.getAsLong();
    if (!name(what).equals(name(step))) {
      stepStart = now;
      stepFraction = fraction;
    }
    step = what;
    if (now - start < QUIET_NANOS || now - shown < (terminal ? REDRAW_NANOS : LINE_NANOS)) {
      return;
    }
    shown = now;
    show(fraction, left(fraction, (now - stepStart) / 1e9));
  }

  /** Of a step, without what it tells of its state. */
  private static String name(String what) {
    int end = what.indexOf(':');
    return end < 0 ? what : what.substring(0, end);
  }

  private String left(double fraction, double seconds) {
    double done = fraction - stepFraction;
    return done > 0.01 && !step.endsWith(" left") // said by a controller already
        ? String.format(Locale.ROOT, ", %.0f s left", seconds * (1 - fraction) / done)
        : "";
  }

  private void show(double fraction, String eta) {
    int filled = (int) Math.round(BAR * fraction);
    String percent = String.format(Locale.ROOT, "%3.0f %%", 100 * fraction);
    if (terminal) {
      String bar = "#".repeat(filled) + ".".repeat(BAR - filled);
      err.print("\r\033[K[%s] %s %s%s".formatted(bar, percent, step, eta));
      drawn = true;
    } else {
      err.println("%s %s%s".formatted(percent, step, eta));
    }
    err.flush();
  }

  /** Takes the bar away. */
  @Override
  public void close() {
    if (drawn) {
      err.print("\r\033[K");
      err.flush();
    }
  }
}
