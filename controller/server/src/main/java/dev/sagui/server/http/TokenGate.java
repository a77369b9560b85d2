/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.server.trust.Entrance;
import dev.sagui.server.trust.RequestOrigin;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

/**
 * Lets requests pass that carry the token or a session, where a token is set; health and the login
 * page are open to all. A browser without either is led from the page to the login.
 */
@Singleton
public final class TokenGate {
  /** The cookie that holds a session's id. */
  public static final String COOKIE = "sagui_session";

  private static final int FIRST = -1_000;
  private static final String BEARER = "Bearer ";
  private static final Set<String> OPEN = Set.of("/login", "/page/page.css", "/page/icon.svg");

  private final Clock clock = Clock.systemUTC();
  private final Entrance entrance;

  TokenGate(Entrance entrance) {
    this.entrance = entrance;
  }

  void guard(@Observes Router router) {
    if (entrance.isGuarded()) {
      router.route().order(FIRST).handler(this::check);
    }
  }

  private void check(RoutingContext call) {
    HttpServerRequest request = call.request();
    if (isOpen(call.normalizedPath()) || hasToken(request)) {
      call.next();
    } else if (hasSession(request)) {
      passOwn(call);
    } else if (asksForThePage(request)) {
      call.response().setStatusCode(303).putHeader(HttpHeaders.LOCATION, "/login").end();
    } else {
      refuse(
          call,
          401,
          "Unauthorized",
          "expected the header 'Authorization: Bearer TOKEN' with this controller's token");
    }
  }

  /**
   * @param path as the router sees it: {@code /q/health/../x} is not below {@code /q/health}
   */
  private static boolean isOpen(String path) {
    return path.equals("/q/health") || path.startsWith("/q/health/") || OPEN.contains(path);
  }

  private boolean hasToken(HttpServerRequest request) {
    String given = header(request, "Authorization").orElse("");
    return given.startsWith(BEARER) && entrance.isToken(given.substring(BEARER.length()));
  }

  private boolean hasSession(HttpServerRequest request) {
    Cookie cookie = request.getCookie(COOKIE);
    return cookie != null && entrance.holds(cookie.getValue(), clock.instant());
  }

  private static boolean asksForThePage(HttpServerRequest request) {
    return request.method().equals(HttpMethod.GET)
        && request.path().equals("/")
        && header(request, "Accept").orElse("").contains("text/html");
  }

  /** A browser adds its cookie to what other sites make it send, so that must change nothing. */
  private static void passOwn(RoutingContext call) {
    HttpServerRequest request = call.request();
    if (RequestOrigin.isHarmless(request.method().name()) || origin(request).isOwn()) {
      call.next();
    } else {
      refuse(
          call, 403, "Forbidden", "a change by cookie is taken from this controller's page only");
    }
  }

  /** Where {@code request} comes from, by its own word. */
  public static RequestOrigin origin(HttpServerRequest request) {
    return new RequestOrigin(
        header(request, "Sec-Fetch-Site"),
        header(request, "Origin"),
        String.valueOf(request.authority())); // HTTP/2 has no Host header
  }

  private static Optional<String> header(HttpServerRequest request, String name) {
    return Optional.ofNullable(request.getHeader(name));
  }

  private static void refuse(RoutingContext call, int status, String title, String detail) {
    if (status == 401) {
      call.response().putHeader("WWW-Authenticate", "Bearer");
    }
    call.response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, Problem.TYPE)
        .end(Buffer.buffer(Problem.json(status, "BAD_REQUEST", title, detail)));
  }
}
