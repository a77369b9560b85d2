/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Json;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.EventStore;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
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
  public Multi<OutboundSseEvent> stream(
      @Parameter(
              description =
                  "Id of the last event that was seen; what followed, up to 500 events, comes first.")
          @RestHeader("Last-Event-ID")
          @DefaultValue("")
          String seen,
      @Context Sse sse) {
    return EventFeed.of(events, id(seen)).map(event -> sent(event, sse.newEventBuilder()));
  }

  /** Progress is not stored and has no id that a reader could come again with. */
  private static OutboundSseEvent sent(Event event, OutboundSseEvent.Builder builder) {
    OutboundSseEvent.Builder named =
        event.id() == 0 ? builder : builder.id(String.valueOf(event.id()));
    return named.data(text(event)).build();
  }

  private static OptionalLong id(String seen) {
    try {
      return seen.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(seen));
    } catch (NumberFormatException e) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "Last-Event-ID: expected the id of an event before, found '%s'".formatted(seen),
          e);
    }
  }

  private static String text(Event event) {
    return new String(Json.write(event.json()), StandardCharsets.UTF_8);
  }
}
