/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.link.Link;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Channel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Keeps what is published; can be cut. */
final class FakeLink implements Link {
  private final Map<Channel, List<byte[]>> sent = new EnumMap<>(Channel.class);
  private long maxPacketBytes = Channel.MAX_PACKET_BYTES;
  private boolean cut;

  void cut(boolean down) {
    cut = down;
  }

  @Override
  public void publish(Channel channel, byte[] payload, boolean retained)
      throws UnavailableException {
    if (cut) {
      throw new UnavailableException("the link is cut");
    }
    of(channel).add(payload);
  }

  /** Packets of a broker that takes no larger ones. */
  void narrow(long bytes) {
    maxPacketBytes = bytes;
  }

  @Override
  public long maxPacketBytes() {
    return maxPacketBytes;
  }

  @Override
  public boolean isUp() {
    return !cut;
  }

  /** All payloads since the last take, which are forgotten. */
  List<byte[]> take(Channel channel) {
    List<byte[]> all = List.copyOf(of(channel));
    of(channel).clear();
    return all;
  }

  /** The oldest payload, which is forgotten. */
  byte[] next(Channel channel) {
    return of(channel).remove(0);
  }

  byte[] last(Channel channel) {
    return of(channel).get(of(channel).size() - 1);
  }

  private List<byte[]> of(Channel channel) {
    return sent.computeIfAbsent(channel, c -> new ArrayList<>());
  }

  @Override
  public void close() {
    cut = true;
  }
}
