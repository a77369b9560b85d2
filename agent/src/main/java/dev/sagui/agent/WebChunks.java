/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.fetch.HttpSource;
import java.util.concurrent.Semaphore;

/** Hands what web servers bring to the agent's thread, a few chunks at a time. */
record WebChunks(EventLoop loop, Agent agent, Semaphore room) implements HttpSource.Taker {
  private static final int IN_MEMORY = 4;

  WebChunks(EventLoop loop, Agent agent) {
    this(loop, agent, new Semaphore(IN_MEMORY));
  }

  @Override
  public void arrived(HttpSource from, byte[] message) throws InterruptedException {
    room.acquire();
    loop.post(
        () -> {
          boolean more = room.availablePermits() < IN_MEMORY - 1;
          try {
            agent.fetched(from, message, more);
          } finally {
            from.done(message);
            room.release();
          }
        });
  }

  @Override
  public void failed() {
    loop.post(agent::webFailed);
  }
}
