/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.server.fleet.Device;
import dev.sagui.server.rollout.DesiredLink;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.work.Rollouts;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Which key a device is known by, and what it states with it. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "devices")
public final class DeviceKeysResource {
  private final DeviceStore devices;
  private final Rollouts rollouts;
  private final DesiredLink link;

  DeviceKeysResource(DeviceStore devices, Rollouts rollouts, DesiredLink link) {
    this.devices = devices;
    this.rollouts = rollouts;
    this.link = link;
  }

  @POST
  @Path("/devices/{id}/key")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Accept the other key that a device shows, and ask it to attest anew")
  @APIResponseSchema(
      value = DeviceShapes.Asked.class,
      responseCode = "200",
      responseDescription = "Accepted")
  @RequestBodySchema(DeviceShapes.AcceptedKey.class)
  public Response accept(@PathParam("id") String id, InputStream body) throws IOException {
    Fields f = Body.read(body);
    Device device = find(id);
    if (!devices.accept(device.id(), f.string("accept"))) {
      throw new RejectedException(
          FailureCode.NOT_FOUND,
          "device '%s' shows no other key with the id '%s'; GET /api/v1/devices/%s has its offered_id"
              .formatted(id, f.string("accept"), id));
    }
    return asked(device);
  }

  @POST
  @Path("/devices/{id}/attestation")
  @Operation(summary = "Ask a device to attest anew what it serves")
  @APIResponseSchema(
      value = DeviceShapes.Asked.class,
      responseCode = "200",
      responseDescription = "Asked, as soon as it is connected")
  public Response ask(@PathParam("id") String id) {
    return asked(find(id));
  }

  private Response asked(Device device) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", device.id().value());
    map.put("asked", rollouts.ask(device.id(), link));
    return Body.ok(map);
  }

  private Device find(String id) {
    return devices.find(id).orElseThrow(() -> Lookup.absent("device", id, "GET /api/v1/devices"));
  }
}
