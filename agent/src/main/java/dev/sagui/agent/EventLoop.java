/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The one thread that owns the agent's state: others post, it runs. */
final class EventLoop {
  private static final System.Logger LOG = System.getLogger("sagui.loop");
  private static final Duration IDLE = Duration.ofMillis(500);
  private static final Duration BUSY = Duration.ofMillis(20);

  private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
  private volatile boolean stopped;

  /** Something to do on the loop's thread. */
  interface Task {
    void run() throws IOException;
  }

  void post(Task task) {
    tasks.add(task);
  }

  /**
   * Runs tasks, and {@code tick} between them, on the calling thread until stopped.
   *
   * @param busy whether time matters, so that ticks come every 20 ms instead of every 500
   */
  void run(Task tick, BooleanSupplier busy) throws InterruptedException {
    while (!stopped) {
      Duration wait = busy.getAsBoolean() ? BUSY : IDLE;
      Task task = tasks.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
      perform(task == null ? tick : task);
    }
  }

  private static void perform(Task task) {
    try {
      task.run();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "disk=failing reason=\"" + e.getMessage() + "\"", e);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "bug=\"please report\"", e);
    }
  }

  void stop() {
    stopped = true;
    post(() -> {});
  }
}
