/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.server.Settings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** Lets requests pass that carry the token, where one is set; health is open to all. */
@Singleton
public final class TokenGate {
  private static final int FIRST = -1_000;

  void guard(@Observes Router router, Settings settings) {
    settings
        .token()
        .ifPresent(token -> router.route().order(FIRST).handler(call -> check(call, token)));
  }

  private static void check(RoutingContext call, String token) {
    String given =
        Optional.ofNullable(call.request().getHeader(HttpHeaders.AUTHORIZATION)).orElse("");
    byte[] expected = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    if (call.request().path().startsWith("/q/health")
        || MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), expected)) {
      call.next();
      return;
    }
    byte[] problem =
        Problem.json(
            401,
            "BAD_REQUEST",
            "Unauthorized",
            "expected the header 'Authorization: Bearer TOKEN' with this controller's token");
    call.response()
        .setStatusCode(401)
        .putHeader(HttpHeaders.CONTENT_TYPE, Problem.TYPE)
        .putHeader("WWW-Authenticate", "Bearer")
        .end(io.vertx.core.buffer.Buffer.buffer(problem));
  }
}
