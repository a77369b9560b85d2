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
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
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
  @APIResponseSchema(
      value = Shapes.Events.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response list(@BeanParam Page page) {
    return page.byFallingNumber(events::list, Event::json, Event::id);
  }

  @GET
  @Path("/stream")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @RestStreamElementType(MediaType.TEXT_PLAIN)
  @Operation(summary = "Events as they happen (server-sent events, one JSON object each)")
  @APIResponse(
      responseCode = "200",
      description = "Each event as the data of a server-sent event",
      content =
          @Content(
              mediaType = MediaType.SERVER_SENT_EVENTS,
              schema = @Schema(implementation = Shapes.Event.class)))
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
