/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Channel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What every link does; order is kept within a channel. */
public abstract class LinkContract {
  private static final byte[] FIRST = "first".getBytes(StandardCharsets.UTF_8);
  private static final byte[] SECOND = "second".getBytes(StandardCharsets.UTF_8);

  /** The link, connected. */
  protected abstract Link link() throws Exception;

  /** The next message that the other side has of {@code channel}. */
  protected abstract byte[] next(Channel channel) throws Exception;

  /** Takes the other side away; returns when the link has seen it. */
  protected abstract void cut() throws Exception;

  /** Brings it back; returns when the link is connected. */
  protected abstract void restore() throws Exception;

  @Test
  void sendsEachMessageOnItsChannelInOrder() throws Exception {
    link().publish(Channel.EVENT, FIRST, false);
    link().publish(Channel.EVENT, SECOND, false);
    link().publish(Channel.REPORTED, FIRST, false);
    assertArrayEquals(FIRST, next(Channel.EVENT));
    assertArrayEquals(SECOND, next(Channel.EVENT));
    assertArrayEquals(FIRST, next(Channel.REPORTED));
  }

  @Test
  void isUnavailableWithoutAConnectionAndSendsAgainWithOne() throws Exception {
    Link link = link();
    cut();
    assertFalse(link.isUp());
    assertThrows(UnavailableException.class, () -> link.publish(Channel.EVENT, FIRST, false));
    restore();
    assertTrue(link.isUp());
    link.publish(Channel.EVENT, SECOND, false);
    assertArrayEquals(SECOND, next(Channel.EVENT)); // what failed is not sent later
  }

  @Test
  void sendsItsLastWordsAndNothingAfterItIsClosed() throws Exception {
    Link link = link();
    link.publish(Channel.STATE, FIRST, true);
    link.close();
    assertThrows(UnavailableException.class, () -> link.publish(Channel.STATE, SECOND, true));
    assertArrayEquals(FIRST, next(Channel.STATE));
    link.close();
  }
}
