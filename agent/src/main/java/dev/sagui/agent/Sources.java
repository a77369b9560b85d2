/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.fetch.ChunkSource;
import dev.sagui.agent.fetch.HttpSource;
import dev.sagui.wire.ChunkRequest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the chunks of one release are asked for: of the first web server that is good, else of the
 * controller.
 *
 * @param named by a desired state, for this release alone
 * @param own of this device, for all; empty unless one is configured
 */
record Sources(List<HttpSource> named, Optional<HttpSource> own, ChunkSource controller)
    implements AutoCloseable {
  /** Most chunks to be in flight of the one that is asked now. */
  int window() {
    return web()
        .map(ChunkSource::window)
        .filter(most -> most > 0)
        .findFirst()
        .orElseGet(controller::window);
  }

  void ask(ChunkRequest request) {
    if (web().noneMatch(source -> source.ask(request))) {
      controller.ask(request);
    }
  }

  private Stream<HttpSource> web() {
    return Stream.concat(named.stream(), own.stream());
  }

  /** Ends what is for this release alone. */
  @Override
  public void close() {
    named.forEach(HttpSource::close);
  }
}
