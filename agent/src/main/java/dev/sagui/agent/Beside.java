/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A part of the start, on a thread of its own beside the rest of it. */
record Beside<T>(FutureTask<T> work) {
  static <T> Beside<T> begin(String name, Callable<T> work) {
    Beside<T> begun = new Beside<>(new FutureTask<>(work));
    Thread thread = new Thread(begun.work, name);
    thread.setDaemon(true);
    thread.start();
    return begun;
  }

  /** Waits for it; what it failed with is thrown here. */
  T get() throws IOException, InterruptedException {
    try {
      return work.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException disk) {
        throw disk;
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a part of the start failed; this is a bug", e);
    }
  }
}
