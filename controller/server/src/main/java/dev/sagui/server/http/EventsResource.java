/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.json.Json;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.EventStore;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** What happened. */
@Path("/api/v1/events")
@Tag(name = "events")
public final class EventsResource {
  private final EventStore events;

  EventsResource(EventStore events) {
    this.events = events;
  }

  @GET
  @Blocking
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(summary = "List events, newest first")
  public Response list(
      @RestQuery @DefaultValue("") String limit, @RestQuery @DefaultValue("") String cursor) {
    Page page = Page.of(limit, cursor);
    return page.answer(
        events.list(page.before(), page.limit() + 1),
        Event::json,
        event -> String.valueOf(event.id()));
  }

  @GET
  @Path("/stream")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @RestStreamElementType(MediaType.TEXT_PLAIN)
  @Operation(summary = "Events as they happen (server-sent events, one JSON object each)")
  public Multi<String> stream() {
    return Multi.createFrom()
        .emitter(
            emitter -> emitter.onTermination(events.listen(event -> emitter.emit(text(event)))),
            BackPressureStrategy.DROP);
  }

  private static String text(Event event) {
    return new String(Json.write(event.json()), StandardCharsets.UTF_8);
  }
}
