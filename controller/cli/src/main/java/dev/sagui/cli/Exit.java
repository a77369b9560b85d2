/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

/** How a command ends. */
public final class Exit {
  public static final int DONE = 0;

  /** A bug of ours. */
  public static final int BUG = 1;

  /** Bad usage or bad input. */
  public static final int BAD_INPUT = 2;

  /** A gate or budget was not met. */
  public static final int GATE_MISSED = 3;

  /** Interrupted; the JVM's own for whatever does not end by itself. */
  public static final int INTERRUPTED = 130;

  private Exit() {}
}
