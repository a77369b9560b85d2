/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.fetch.ChunkSource;
import dev.sagui.wire.ChunkRequest;
import java.util.Optional;

/**
 * Where chunks are asked for: a web server as long as it is good, else the controller.
 *
 * @param web empty unless one is configured
 */
record Sources(ChunkSource controller, Optional<ChunkSource> web) {
  /** Most chunks to be in flight of the one that is asked now. */
  int window() {
    return web.map(ChunkSource::window).filter(most -> most > 0).orElseGet(controller::window);
  }

  void ask(ChunkRequest request) {
    if (web.isEmpty() || !web.get().ask(request)) {
      controller.ask(request);
    }
  }
}
