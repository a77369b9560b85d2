/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Channel;

/** The device's connection to its controller. */
public interface Link extends AutoCloseable {
  /**
   * Sends {@code payload}. Must not be called from a {@link Listener}.
   *
   * @param retained kept by the broker for those who come later
   * @throws UnavailableException there is no connection; the same call may succeed later
   */
  void publish(Channel channel, byte[] payload, boolean retained) throws UnavailableException;

  /** Largest packet that the broker and this side take, of those that pass between them. */
  long maxPacketBytes();

  /** Whether a connection stands, as far as is known. */
  boolean isUp();

  /**
   * Ends the connection and does not connect again. What was published before goes out first, if
   * that takes no longer than a second.
   */
  @Override
  void close();

  /** What the link tells; called on threads of the link's own, and must return soon. */
  interface Listener {
    /** A connection stands and the subscriptions with it. */
    void connected();

    /** A message on one of this device's own channels. */
    void arrived(Channel channel, byte[] payload);
  }
}
