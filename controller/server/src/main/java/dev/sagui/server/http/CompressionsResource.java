/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.server.catalog.CompressionRun;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.store.ModelStore;
import dev.sagui.server.work.Compressions;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Models taken through recipes. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "models")
public final class CompressionsResource {
  private static final String LIST = "GET /api/v1/compressions";

  private final ModelStore models;
  private final Compressions compressions;

  CompressionsResource(ModelStore models, Compressions compressions) {
    this.models = models;
    this.compressions = compressions;
  }

  @POST
  @Path("/models/{name}/compressions")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Take a model through a recipe, which makes a variant of it")
  @APIResponseSchema(
      value = Shapes.Compression.class,
      responseCode = "202",
      responseDescription = "Started")
  @RequestBodySchema(Shapes.Recipe.class)
  public Response start(
      @PathParam("name") String name,
      @Parameter(description = "Names the variant that it makes.") @RestQuery
          Optional<String> variant,
      @Parameter(description = "Device profile whose instruction set it is for.") @RestQuery
          Optional<String> profile,
      InputStream body)
      throws IOException {
    Model model = Lookup.model(models, name);
    CompressionRun run =
        compressions.start(
            model, Lookup.newName("variant", variant.orElse("")), Body.text(body), profile);
    return Body.of(202, run.json())
        .location(URI.create("/api/v1/compressions/" + run.id()))
        .build();
  }

  @GET
  @Path("/compressions")
  @Operation(summary = "List compressions, newest first")
  @APIResponseSchema(
      value = Shapes.Compressions.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response list(@BeanParam Page page) {
    return page.byPosition(compressions::list, CompressionRun::json);
  }

  @GET
  @Path("/compressions/{id}")
  @Operation(summary = "A compression: its progress, and its steps once it is done")
  @APIResponseSchema(
      value = Shapes.Compression.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response get(@PathParam("id") String id) {
    return Body.ok(
        compressions.find(id).orElseThrow(() -> Lookup.absent("compression", id, LIST)).json());
  }

  @DELETE
  @Path("/compressions/{id}")
  @Operation(
      summary = "Cancel a compression, which leaves nothing, or forget one that ended",
      description = "A variant that was made stays.")
  @APIResponse(responseCode = "204", description = "Gone")
  public Response remove(@PathParam("id") String id) {
    if (!compressions.remove(id)) {
      throw Lookup.absent("compression", id, LIST);
    }
    return Response.noContent().build();
  }
}
