/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Discards what clients still send once they have their answer, as a refused upload: left to
 * itself, the rest is collected in memory.
 */
@Singleton
public final class UnreadBodies {
  private static final int BEFORE_ALL = -2_000;

  void discard(@Observes Router router) {
    router
        .route()
        .order(BEFORE_ALL)
        .handler(
            call -> {
              call.addEndHandler(answered -> discard(call.request()));
              call.next();
            });
  }

  private static void discard(HttpServerRequest request) {
    if (!request.isEnded()) {
      request.handler(buffer -> {}).resume();
    }
  }
}
