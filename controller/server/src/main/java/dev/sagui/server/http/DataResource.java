/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.server.catalog.DataSet;
import dev.sagui.server.work.DataSets;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Samples that recipes name. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "training")
public final class DataResource {
  private static final String LIST = "GET /api/v1/data";

  private final DataSets sets;

  DataResource(DataSets sets) {
    this.sets = sets;
  }

  @PUT
  @Path("/data/{name}")
  @Consumes({"application/octet-stream", "application/x-tar"})
  @Operation(
      summary = "Store data for recipes: a file, or a folder of them as a tar",
      description = "Recipes name it as images:NAME, idx:NAME/FILE, text:NAME and the like.")
  @APIResponseSchema(
      value = TrainingShapes.DataSet.class,
      responseCode = "201",
      responseDescription = "Stored")
  public Response put(
      @PathParam("name") String name, @HeaderParam("Content-Type") String type, InputStream body)
      throws IOException {
    boolean tar = type.startsWith("application/x-tar");
    DataSet set = sets.add(Lookup.newName("name", name), body, tar);
    return Body.of(201, set.json()).location(URI.create("/api/v1/data/" + name)).build();
  }

  @GET
  @Path("/data")
  @Operation(summary = "List data by name")
  @APIResponseSchema(
      value = TrainingShapes.DataSets.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response list(@BeanParam Page page) {
    return page.byKey(
        sets::list, found -> found.stream().map(DataSet::json).toList(), set -> set.name().value());
  }

  @GET
  @Path("/data/{name}")
  @Operation(summary = "What is known of data")
  @APIResponseSchema(
      value = TrainingShapes.DataSet.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response get(@PathParam("name") String name) {
    return Body.ok(sets.find(name).orElseThrow(() -> Lookup.absent("data", name, LIST)).json());
  }

  @DELETE
  @Path("/data/{name}")
  @Operation(summary = "Delete data that no job reads")
  @APIResponse(responseCode = "204", description = "Gone")
  public Response remove(@PathParam("name") String name) throws IOException {
    if (!sets.remove(name)) {
      throw Lookup.absent("data", name, LIST);
    }
    return Response.noContent().build();
  }
}
