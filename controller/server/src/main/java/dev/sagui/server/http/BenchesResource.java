/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.device.DeviceId;
import dev.sagui.server.catalog.Bench;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.work.Benches;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What devices measure. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "models")
public final class BenchesResource {
  private final Benches benches;
  private final DeviceStore devices;

  BenchesResource(Benches benches, DeviceStore devices) {
    this.benches = benches;
    this.devices = devices;
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

  @DELETE
  @Path("/devices/{id}/bench-quarantine")
  @Operation(summary = "Ask a device to measure again that told impossible numbers")
  @APIResponse(responseCode = "204", description = "Asked when it is idle")
  public Response trust(@PathParam("id") String id) {
    boolean there = devices.find(id).isPresent();
    if (!there || !devices.trustBenches(new DeviceId(id))) {
      throw Lookup.absent("quarantined device", id, "GET /api/v1/devices");
    }
    return Response.noContent().build();
  }
}
