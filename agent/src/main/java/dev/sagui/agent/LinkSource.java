/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.fetch.ChunkSource;
import dev.sagui.agent.link.Link;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkRequest;
import java.lang.System.Logger.Level;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Chunks from the controller, over MQTT: the source that is never left. */
final class LinkSource implements ChunkSource {
  private static final System.Logger LOG = System.getLogger("sagui.update");

  /** Of a packet around a chunk's bytes: topic, properties, headers. */
  private static final int AROUND_BYTES = 1 << 10;

  private static final ChunkRequest.Part WHOLE =
      new ChunkRequest.Part(0, ChunkTable.CHUNK_BYTES, ChunkTable.CHUNK_BYTES);

  private final Link link;
  private final LongSupplier nanoClock;
  private OptionalLong askedNanos = OptionalLong.empty();

  LinkSource(Link link, LongSupplier nanoClock) {
    this.link = link;
    this.nanoClock = nanoClock;
  }

  @Override
  public boolean ask(ChunkRequest request) {
    try {
      ChunkRequest asked = fitting(request.atMost(ChunkRequest.MAX_WINDOW));
      link.publish(Channel.CHUNK_REQUEST, asked.encode(), false);
      askedNanos = OptionalLong.of(nanoClock.getAsLong());
      return true;
    } catch (UnavailableException e) {
      LOG.log(Level.DEBUG, "chunk request not sent: {0}", e.getMessage()); // asked again in time
      return false;
    }
  }

  /** Answers must fit the packets that both sides and the broker take. */
  private ChunkRequest fitting(ChunkRequest request) {
    int most = mostBytes();
    if (request.part().isEmpty() && most >= ChunkTable.CHUNK_BYTES) {
      return request;
    }
    return request.of(request.part().orElse(WHOLE).inMessagesOf(most));
  }

  private int mostBytes() {
    return (int)
        Math.max(ChunkRequest.Part.LEAST_MESSAGE_BYTES, link.maxPacketBytes() - AROUND_BYTES);
  }

  /** Whether it was asked then or later. */
  boolean wasAskedSince(long sinceNanos) {
    return askedNanos.isPresent() && askedNanos.getAsLong() - sinceNanos >= 0;
  }

  @Override
  public int window() {
    int most = mostBytes() >= ChunkTable.CHUNK_BYTES ? ChunkRequest.MAX_WINDOW : 1;
    return link.isUp() ? most : 0;
  }

  @Override
  public boolean isLeft(String why) {
    return false;
  }
}
