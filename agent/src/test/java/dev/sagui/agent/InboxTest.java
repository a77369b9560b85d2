/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InboxTest {
  private final Inbox inbox = new Inbox();

  @Test
  void givesMessagesInTheOrderInWhichTheyCame() {
    assertTrue(offer(Channel.CMD, 1));
    assertTrue(offer(Channel.CHUNK_RESPONSE, 2));
    assertTrue(offer(Channel.DESIRED, 3));
    assertEquals(List.of(1, 2, 3), rest());
    assertTrue(inbox.take().isEmpty());
  }

  @Test
  void keepsTheNewestDesiredStateOnly() {
    assertTrue(offer(Channel.DESIRED, 1));
    assertTrue(offer(Channel.CMD, 2));
    assertFalse(offer(Channel.DESIRED, 3));
    assertEquals(List.of(2, 3), rest());
  }

  @Test
  void dropsTheOldestAcknowledgements() {
    for (int i = 0; i < 100; i++) {
      assertEquals(i < 16, offer(Channel.CMD, i));
    }
    List<Integer> rest = rest();
    assertEquals(16, rest.size());
    assertEquals(84, rest.get(0));
  }

  @Test
  void dropsChunksBeyondWhatWasAskedFor() {
    int limit = 2 * ChunkRequest.MAX_WINDOW;
    for (int i = 0; i < 100; i++) {
      assertEquals(i < limit, offer(Channel.CHUNK_RESPONSE, i));
    }
    assertTrue(offer(Channel.DESIRED, 101)); // a flood of one channel does not starve another
    List<Integer> rest = rest();
    assertEquals(limit + 1, rest.size());
    assertEquals(0, rest.get(0));
    assertTrue(offer(Channel.CHUNK_RESPONSE, 102));
  }

  private boolean offer(Channel channel, int number) {
    return inbox.offer(channel, new byte[] {(byte) number});
  }

  private List<Integer> rest() {
    List<Integer> numbers = new ArrayList<>();
    Optional<Inbox.Message> next = inbox.take();
    while (next.isPresent()) {
      numbers.add((int) next.get().payload()[0]);
      next = inbox.take();
    }
    return numbers;
  }
}
