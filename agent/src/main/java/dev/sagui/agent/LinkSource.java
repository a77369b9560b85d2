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

/** Chunks from the controller, over MQTT: the source that is never left. */
record LinkSource(Link link) implements ChunkSource {
  private static final System.Logger LOG = System.getLogger("sagui.update");

  @Override
  public boolean ask(ChunkRequest request) {
    try {
      link.publish(Channel.CHUNK_REQUEST, request.atMost(ChunkRequest.MAX_WINDOW).encode(), false);
      return true;
    } catch (UnavailableException e) {
      LOG.log(Level.DEBUG, "chunk request not sent: {0}", e.getMessage()); // asked again in time
      return false;
    }
  }

  @Override
  public int window() {
    return ChunkRequest.MAX_WINDOW;
  }

  @Override
  public boolean isLeft(String why) {
    return false;
  }
}
