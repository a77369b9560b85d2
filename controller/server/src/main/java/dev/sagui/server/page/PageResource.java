/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import dev.sagui.server.fleet.FleetView;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** The page, its parts, and the stream that keeps them current. */
@Path("/")
@Singleton
public final class PageResource {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final FleetView fleet;
  private final Live live;

  PageResource(FleetView fleet, Live live) {
    this.fleet = fleet;
    this.live = live;
  }

  @GET
  @Blocking
  @Produces(MediaType.TEXT_HTML)
  @Operation(hidden = true)
  public Response page() {
    Overview now = Overview.of(fleet);
    return html(
        Templates.index(now.online(), now.devices(), now.models(), now.releases(), now.events())
            .render());
  }

  @GET
  @Path("page/{part}")
  @Blocking
  @Produces(MediaType.TEXT_HTML)
  @Operation(hidden = true)
  public Response part(@PathParam("part") String part) {
    String found = Fragments.of(fleet).html().get(part);
    if (found == null) {
      throw new NotFoundException();
    }
    return html(found);
  }

  @GET
  @Path("page/live")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @RestStreamElementType(MediaType.TEXT_HTML)
  @Operation(hidden = true)
  public Multi<OutboundSseEvent> live(Sse sse) {
    return live.changes()
        .map(change -> sse.newEventBuilder().name(change.getKey()).data(change.getValue()).build());
  }

  private static Response html(String html) {
    return Response.ok(html)
        .header("Content-Security-Policy", POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
        .header("Cache-Control", "no-store")
        .build();
  }
}
