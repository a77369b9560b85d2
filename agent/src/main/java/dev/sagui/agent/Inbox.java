/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkRequest;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Messages that came and were not looked at yet: bounded, for a broker is not trusted with this
 * device's memory. Nothing is lost for good: chunks are asked for again, reports are sent again
 * until they are acknowledged, and of desired states only the newest counts. Any thread may use it.
 */
final class Inbox {
  /** Two windows: one that arrives while the one before it is written. */
  private static final int MAX_CHUNKS = 2 * ChunkRequest.MAX_WINDOW;

  private static final int MAX_ACKNOWLEDGEMENTS = 16;

  private final ArrayDeque<Message> waiting = new ArrayDeque<>();

  /** What came on a channel. */
  record Message(Channel channel, byte[] payload) {}

  /**
   * Takes a message, if need be in place of another one or not at all.
   *
   * @return whether one more waits now
   */
  synchronized boolean offer(Channel channel, byte[] payload) {
    boolean crowded = count(channel) >= limit(channel);
    if (crowded && channel == Channel.CHUNK_RESPONSE) {
      return false; // was not asked for, or is asked for again
    }
    if (crowded) {
      removeOldest(channel);
    }
    waiting.add(new Message(channel, payload));
    return !crowded;
  }

  private static int limit(Channel channel) {
    return switch (channel) {
      case CHUNK_RESPONSE -> MAX_CHUNKS;
      case CMD -> MAX_ACKNOWLEDGEMENTS;
      case DESIRED, STATE, REPORTED, CHUNK_REQUEST, METRICS, EVENT, BENCH -> 1;
    };
  }

  private int count(Channel channel) {
    return (int) waiting.stream().filter(message -> message.channel == channel).count();
  }

  private void removeOldest(Channel channel) {
    Iterator<Message> each = waiting.iterator();
    while (each.hasNext()) {
      if (each.next().channel == channel) {
        each.remove();
        return;
      }
    }
  }

  /** The message that waits longest. */
  synchronized Optional<Message> take() {
    return Optional.ofNullable(waiting.poll());
  }
}
