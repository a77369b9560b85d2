/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.server.catalog.Bench;
import dev.sagui.server.work.Benches;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What devices measure. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "models")
public final class BenchesResource {
  private final Benches benches;

  BenchesResource(Benches benches) {
    this.benches = benches;
  }

  @GET
  @Path("/benches")
  @Operation(summary = "List what devices measure and have measured, newest first")
  @APIResponseSchema(
      value = FitShapes.Benches.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response list(@BeanParam Page page) {
    return page.byPosition(benches::list, Bench::json);
  }

  @GET
  @Path("/benches/{id}")
  @Operation(summary = "A measurement: its device, its result")
  @APIResponseSchema(
      value = FitShapes.Bench.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response get(@PathParam("id") String id) {
    return Body.ok(
        benches
            .find(id)
            .orElseThrow(() -> Lookup.absent("bench", id, "GET /api/v1/benches"))
            .json());
  }
}
