/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.train;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C or a termination asked for while a run goes on: the end of the process waits until the run
 * has written its checkpoint.
 */
final class Interrupt implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;

  private final CountDownLatch answered = new CountDownLatch(1);
  private final Thread hook = new Thread(this::await, "sagui-checkpoint");
  private volatile boolean asked;
  private volatile boolean begun;

  Interrupt() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void await() {
    asked = true;
    if (!begun) {
      return;
    }
    try {
      if (!answered.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("sagui: a step took too long; the last checkpoint is whole");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** From the first step on there is something to save. */
  void waitForCheckpoint() {
    begun = true;
  }

  /** Whether the run is to end. */
  boolean asked() {
    return asked;
  }

  @Override
  public void close() {
    answered.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process ends already
    }
  }
}
