/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.fetch.ChunkSource;
import dev.sagui.agent.link.Link;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkRequest;
import java.lang.System.Logger.Level;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Chunks from the controller, over MQTT: the source that is never left. */
final class LinkSource implements ChunkSource {
  private static final System.Logger LOG = System.getLogger("sagui.update");

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
      link.publish(Channel.CHUNK_REQUEST, request.atMost(ChunkRequest.MAX_WINDOW).encode(), false);
      askedNanos = OptionalLong.of(nanoClock.getAsLong());
      return true;
    } catch (UnavailableException e) {
      LOG.log(Level.DEBUG, "chunk request not sent: {0}", e.getMessage()); // asked again in time
      return false;
    }
  }

  /** Whether it was asked then or later. */
  boolean wasAskedSince(long sinceNanos) {
    return askedNanos.isPresent() && askedNanos.getAsLong() - sinceNanos >= 0;
  }

  @Override
  public int window() {
    return link.isUp() ? ChunkRequest.MAX_WINDOW : 0;
  }

  @Override
  public boolean isLeft(String why) {
    return false;
  }
}
