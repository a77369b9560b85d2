/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import dev.sagui.server.http.TokenGate;
import dev.sagui.server.trust.Entrance;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestCookie;
import org.jboss.resteasy.reactive.RestForm;

/** Turns the token into a session of a browser, which cannot send the token by itself. */
@Path("/")
@Singleton
public final class LoginResource {
  private final Clock clock = Clock.systemUTC();
  private final Entrance entrance;

  LoginResource(Entrance entrance) {
    this.entrance = entrance;
  }

  @GET
  @Path("login")
  @Blocking
  @Produces(MediaType.TEXT_HTML)
  @Operation(hidden = true)
  public Response login() {
    return entrance.isGuarded() ? form(200, "") : seeOther("/").build();
  }

  @POST
  @Path("login")
  @Blocking
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Produces(MediaType.TEXT_HTML)
  @Operation(hidden = true)
  public Response enter(
      @RestForm @DefaultValue("") String token, @Context HttpServerRequest request) {
    Instant now = clock.instant();
    if (TokenGate.origin(request).isForeign()) {
      return form(403, "Sign in on this controller's own page.");
    }
    if (entrance.isBarred(now)) {
      return form(429, "Too many wrong tokens; wait a minute and try again.");
    }
    return entrance
        .enter(token.strip(), now)
        .map(session -> seeOther("/").cookie(cookie(session, Entrance.SESSION.toSeconds())).build())
        .orElseGet(() -> form(401, "That is not this controller's token."));
  }

  /** Ends the session on this side too: the cookie is worth nothing afterwards. */
  @POST
  @Path("logout")
  @Blocking
  @Operation(hidden = true)
  public Response leave(@RestCookie(TokenGate.COOKIE) @DefaultValue("") String session) {
    entrance.leave(session);
    return seeOther("/login").cookie(cookie("", 0)).build();
  }

  private static NewCookie cookie(String session, long seconds) {
    return new NewCookie.Builder(TokenGate.COOKIE)
        .value(session)
        .path("/")
        .maxAge((int) seconds)
        .httpOnly(true)
        .sameSite(NewCookie.SameSite.STRICT)
        .build();
  }

  private static Response.ResponseBuilder seeOther(String path) {
    return Response.status(Response.Status.SEE_OTHER).header("Location", URI.create(path));
  }

  private static Response form(int status, String mistake) {
    return Html.of(status, Templates.login(mistake).render());
  }
}
