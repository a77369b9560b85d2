/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.device.DeviceId;
import dev.sagui.device.Speeds;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.DesiredState;
import dev.sagui.server.fleet.AttestedSlot;
import dev.sagui.server.fleet.Device;
import dev.sagui.server.rollout.Target;
import dev.sagui.server.store.BenchedDevices;
import dev.sagui.server.store.DesiredStore;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.LatencyStore;
import dev.sagui.server.telemetry.Latency;
import dev.sagui.server.telemetry.Window;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Devices and their latency. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "devices")
public final class DevicesResource {
  private final DeviceStore devices;
  private final DesiredStore desired;
  private final LatencyStore latency;
  private final BenchedDevices benched;
  private final Clock clock = Clock.systemUTC();

  DevicesResource(
      DeviceStore devices, DesiredStore desired, LatencyStore latency, BenchedDevices benched) {
    this.benched = benched;
    this.devices = devices;
    this.desired = desired;
    this.latency = latency;
  }

  @GET
  @Path("/devices")
  @Operation(summary = "List devices by id, all or of a profile or with a label")
  @APIResponseSchema(
      value = DeviceShapes.DeviceList.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response list(
      @RestQuery @DefaultValue("") String profile,
      @RestQuery @DefaultValue("") String label,
      @BeanParam Page page) {
    Target target =
        new Target(given(profile), given(label).map(Target.Label::parse), Optional.empty());
    return page.byKey(
        (after, wanted) -> matching(target, after, wanted),
        this::json,
        device -> device.id().value());
  }

  private List<Device> matching(Target target, String after, int wanted) {
    List<Device> found = new ArrayList<>();
    String last = after;
    List<Device> read = devices.list(last, wanted);
    while (!read.isEmpty() && found.size() < wanted) {
      read.stream().filter(target::matches).limit(wanted - found.size()).forEach(found::add);
      last = read.get(read.size() - 1).id().value();
      read = devices.list(last, wanted);
    }
    return found;
  }

  private static Optional<String> given(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  @GET
  @Path("/devices/{id}")
  @Operation(summary = "A device: facts, models, latency")
  @APIResponseSchema(
      value = DeviceShapes.Device.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response get(@PathParam("id") String id) {
    return Body.ok(json(List.of(find(id))).get(0));
  }

  private Device find(String id) {
    return devices.find(id).orElseThrow(() -> Lookup.absent("device", id, "GET /api/v1/devices"));
  }

  private List<Map<String, Object>> json(List<Device> shown) {
    List<String> ids = shown.stream().map(device -> device.id().value()).toList();
    Map<String, List<AttestedSlot>> slots = devices.attestedSlots(ids);
    Map<String, List<Latency>> measured = latency.ofDevices(ids);
    Map<DeviceId, Speeds> speeds = benched.speeds(ids);
    Map<DeviceId, String> outliers = benched.outliers(shown);
    return shown.stream()
        .map(
            device -> {
              Map<String, Object> map = json(device, slots, measured);
              Optional.ofNullable(speeds.get(device.id()))
                  .ifPresent(known -> map.put("speeds", known.json()));
              Optional.ofNullable(outliers.get(device.id()))
                  .ifPresent(why -> map.put("outlier", why));
              return map;
            })
        .toList();
  }

  private static Map<String, Object> json(
      Device device, Map<String, List<AttestedSlot>> slots, Map<String, List<Latency>> measured) {
    String id = device.id().value();
    Map<String, Object> map = device.json();
    map.put("models", slots.getOrDefault(id, List.of()).stream().map(AttestedSlot::json).toList());
    map.put("latency", measured.getOrDefault(id, List.of()).stream().map(Latency::json).toList());
    return map;
  }

  @GET
  @Path("/devices/{id}/desired-state")
  @Operation(summary = "What a device shall serve")
  @APIResponseSchema(
      value = Shapes.Desired.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response desired(@PathParam("id") String id) {
    DeviceId device = find(id).id();
    Map<String, Object> map = new LinkedHashMap<>();
    Optional<DesiredState> state = desired.find(device).map(DesiredStore.Signed::state);
    map.put("device", id);
    map.put("sequence", state.map(DesiredState::sequence).orElse(0L));
    map.put(
        "models",
        state.map(DesiredState::slots).orElse(List.of()).stream()
            .map(slot -> Map.of("model", slot.model(), "release", slot.manifest()))
            .toList());
    return Body.ok(map);
  }

  @GET
  @Path("/latency")
  @Operation(summary = "Latency percentiles by device, or by model, variant and profile")
  @APIResponseSchema(
      value = Shapes.Latencies.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response latency(
      @Parameter(description = "'device', or 'variant' for model, variant and profile.")
          @RestQuery
          @DefaultValue("device")
          String by,
      @RestQuery @DefaultValue("") String device,
      @RestQuery @DefaultValue("") String model,
      @Parameter(
              description =
                  "How far back, as an ISO 8601 duration of a minute or more, such as PT15M; it"
                      + " counts to the minute, and no further than sagui.store.retention. All"
                      + " that was ever reported unless given.")
          @RestQuery
          @DefaultValue("")
          String window,
      @BeanParam Page page) {
    Optional<Instant> since = given(window).map(Window::parse).map(clock.instant()::minus);
    List<Latency> rows =
        switch (by) {
          case "device" ->
              since
                  .map(start -> latency.byDevice(given(device), given(model), start))
                  .orElseGet(() -> latency.byDevice(given(device), given(model)));
          case "variant" ->
              since
                  .map(start -> latency.byVariant(given(model), start))
                  .orElseGet(() -> latency.byVariant(given(model)));
          default ->
              throw new RejectedException(
                  FailureCode.BAD_REQUEST,
                  "expected ?by=device or ?by=variant, found '%s'".formatted(by));
        };
    return page.byPosition(Page.within(rows), Latency::json);
  }
}
