/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.link.Link;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Channel;
import java.util.Optional;

/** Stands in until the link is made: the agent serves before it connects. */
final class LateLink implements Link {
  private volatile Optional<Link> link = Optional.empty();

  void become(Link made) {
    link = Optional.of(made);
  }

  @Override
  public void publish(Channel channel, byte[] payload, boolean retained)
      throws UnavailableException {
    link.orElseThrow(() -> new UnavailableException("not connected yet"))
        .publish(channel, payload, retained);
  }

  @Override
  public long maxPacketBytes() {
    return link.map(Link::maxPacketBytes).orElse(Channel.MAX_PACKET_BYTES);
  }

  @Override
  public boolean isUp() {
    return link.filter(Link::isUp).isPresent();
  }

  @Override
  public void close() {
    link.ifPresent(Link::close);
  }
}
