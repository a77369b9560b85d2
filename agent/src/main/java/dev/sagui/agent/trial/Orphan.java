/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import java.util.concurrent.CompletableFuture;

/** What becomes of a child when the agent is killed: a model that never ends would run on. */
public final class Orphan {
  private static final int KILLED = 1;

  private Orphan() {}

  /** Ends this process at once, within seconds of the one that started it. */
  public static void endsWithItsParent() {
    ProcessHandle.current().parent().ifPresent(Orphan::endsWith);
  }

  private static void endsWith(ProcessHandle parent) {
    CompletableFuture<Void> unused =
        parent.onExit().thenRun(() -> Runtime.getRuntime().halt(KILLED));
  }
}
