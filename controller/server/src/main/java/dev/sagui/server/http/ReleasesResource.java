/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.Release;
import dev.sagui.server.catalog.StoredVariant;
import dev.sagui.server.rollout.DesiredLink;
import dev.sagui.server.rollout.Rollout;
import dev.sagui.server.rollout.Target;
import dev.sagui.server.store.DesiredStore;
import dev.sagui.server.store.DifferenceStore;
import dev.sagui.server.store.ModelStore;
import dev.sagui.server.store.ReleaseStore;
import dev.sagui.server.work.Profiles;
import dev.sagui.server.work.Releases;
import dev.sagui.server.work.Rollouts;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Releases, and which devices shall serve them. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "releases")
public final class ReleasesResource {
  private final ModelStore models;
  private final ReleaseStore store;
  private final DifferenceStore differences;
  private final DesiredStore desired;
  private final Releases releases;
  private final Rollouts rollouts;
  private final Profiles profiles;
  private final DesiredLink link;

  ReleasesResource(
      ModelStore models,
      ReleaseStore store,
      DifferenceStore differences,
      DesiredStore desired,
      Releases releases,
      Rollouts rollouts,
      Profiles profiles,
      DesiredLink link) {
    this.models = models;
    this.store = store;
    this.differences = differences;
    this.desired = desired;
    this.releases = releases;
    this.rollouts = rollouts;
    this.profiles = profiles;
    this.link = link;
  }

  @POST
  @Path("/releases")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Sign a variant for some profiles")
  @APIResponseSchema(
      value = Shapes.Release.class,
      responseCode = "201",
      responseDescription = "Made")
  @RequestBodySchema(Shapes.NewRelease.class)
  public Response add(InputStream body) throws IOException {
    Fields f = Body.read(body);
    Model model = Lookup.model(models, f.string("model"));
    StoredVariant variant = variant(model.name().value(), f.string("variant"));
    Release release = releases.add(model, variant, profiles.get(f.strings("profiles")));
    return Body.of(201, shown(release))
        .location(URI.create("/api/v1/releases/" + release.id()))
        .build();
  }

  private StoredVariant variant(String model, String name) {
    return models.variants(model).stream()
        .filter(variant -> variant.name().value().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                Lookup.absent(
                    "variant of '%s'".formatted(model),
                    name,
                    "fits and compressions make variants, and GET /api/v1/models/" + model));
  }

  @GET
  @Path("/releases")
  @Operation(summary = "List releases, newest first")
  @APIResponseSchema(
      value = Shapes.Releases.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response list(@BeanParam Page page) {
    return page.byPosition(store::list, this::shown);
  }

  private Map<String, Object> shown(Release release) {
    return withDifferences(release, release.json());
  }

  private Map<String, Object> withDifferences(Release release, Map<String, Object> map) {
    map.put("differences", differences.of(release.id()).json());
    return map;
  }

  @GET
  @Path("/releases/{id}")
  @Operation(summary = "A release, its files, and its devices counted by state")
  @APIResponseSchema(
      value = Shapes.ReleaseWithFiles.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response get(@PathParam("id") String id) {
    Release release = find(id);
    Map<String, Object> map = withDifferences(release, release.jsonWithFiles());
    map.put("devices", store.deviceStates(release.id()));
    return Body.ok(map);
  }

  private Release find(String id) {
    return store.find(id).orElseThrow(() -> Lookup.absent("release", id, "GET /api/v1/releases"));
  }

  @POST
  @Path("/desired-states")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Set what devices shall serve, by profile, label or device")
  @APIResponseSchema(
      value = Shapes.Devices.class,
      responseCode = "200",
      responseDescription = "Devices that shall serve it from now on")
  @RequestBodySchema(Shapes.NewDesired.class)
  public Response desire(InputStream body) throws IOException {
    Fields f = Body.read(body);
    Target target = Target.parse(f);
    target.profile().ifPresent(profiles::get);
    List<DeviceId> devices =
        rollouts.set(find(f.string("release")), target, terms(f), over(f), link);
    return Body.ok(Map.of("devices", devices));
  }

  private static Duration over(Fields f) {
    long seconds = f.has("over_seconds") ? f.integer("over_seconds") : 0;
    if (seconds < 0 || seconds > FetchTerms.LONGEST_TURN.toSeconds()) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "over_seconds must be 0 to %d, found %d"
              .formatted(FetchTerms.LONGEST_TURN.toSeconds(), seconds));
    }
    return Duration.ofSeconds(seconds);
  }

  private static FetchTerms terms(Fields f) {
    try {
      return FetchTerms.parse(f);
    } catch (IllegalArgumentException e) {
      throw new RejectedException(FailureCode.BAD_REQUEST, String.valueOf(e.getMessage()), e);
    }
  }

  @GET
  @Path("/rollouts")
  @Operation(summary = "List what devices shall serve, by release and profile, newest first")
  @APIResponseSchema(
      value = Shapes.Rollouts.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response rollouts(@BeanParam Page page) {
    return page.byPosition(desired::rollouts, Rollout::json);
  }
}
