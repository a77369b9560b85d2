/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import dev.sagui.server.fleet.FleetView;
import dev.sagui.server.fleet.Hearing;
import dev.sagui.server.trust.Entrance;
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
  private final FleetView fleet;
  private final Hearing hearing;
  private final Live live;
  private final Entrance entrance;

  PageResource(FleetView fleet, Hearing hearing, Live live, Entrance entrance) {
    this.fleet = fleet;
    this.hearing = hearing;
    this.live = live;
    this.entrance = entrance;
  }

  @GET
  @Blocking
  @Produces(MediaType.TEXT_HTML)
  @Operation(hidden = true)
  public Response page() {
    Overview now = Overview.of(fleet, hearing);
    return Html.of(200, Templates.index(now, entrance.isGuarded()).render());
  }

  @GET
  @Path("page/{part}")
  @Blocking
  @Produces(MediaType.TEXT_HTML)
  @Operation(hidden = true)
  public Response part(@PathParam("part") String part) {
    String found = Fragments.of(fleet, hearing).html().get(part);
    if (found == null) {
      throw new NotFoundException();
    }
    return Html.of(200, found);
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
}
