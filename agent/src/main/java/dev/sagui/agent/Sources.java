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
 * Where the chunks of one release are asked for: of the first web server that is good and knows
 * where they lie, else of the controller.
 */
final class Sources implements AutoCloseable {
  private final List<HttpSource> named;
  private final Optional<HttpSource> own;
  private final ChunkSource controller;
  private boolean webKnows = true;

  /**
   * @param named by a desired state, for this release alone
   * @param own of this device, for all; empty unless one is configured
   */
  Sources(List<HttpSource> named, Optional<HttpSource> own, ChunkSource controller) {
    this.named = named;
    this.own = own;
    this.controller = controller;
  }

  /** Most chunks to be in flight of the one that is asked now, which is likely the last. */
  int window() {
    return web()
        .map(ChunkSource::window)
        .filter(most -> most > 0 && webKnows)
        .findFirst()
        .orElseGet(controller::window);
  }

  void ask(ChunkRequest request) {
    webKnows = web().anyMatch(source -> source.ask(request));
    if (!webKnows) {
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
