/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.server.catalog.Fit;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.StoredVariant;
import dev.sagui.server.store.ModelStore;
import dev.sagui.server.work.Fits;
import dev.sagui.server.work.Imports;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
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
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Models and their fits. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "models")
public final class ModelsResource {
  private final ModelStore models;
  private final Imports imports;
  private final Fits fits;

  ModelsResource(ModelStore models, Imports imports, Fits fits) {
    this.models = models;
    this.imports = imports;
    this.fits = fits;
  }

  @POST
  @Path("/models")
  @Consumes({"application/octet-stream", "application/x-tar"})
  @Operation(summary = "Import a model: an .onnx file, or a folder of one as a tar")
  @APIResponseSchema(value = Shapes.Model.class, responseCode = "201", responseDescription = "Made")
  public Response add(
      @RestQuery @DefaultValue("") String name,
      @jakarta.ws.rs.HeaderParam("Content-Type") String type,
      InputStream body)
      throws IOException {
    boolean tar = type.startsWith("application/x-tar");
    Model model = imports.add(Lookup.newName("name", name), body, tar);
    return Body.of(201, json(List.of(model)).get(0))
        .location(URI.create("/api/v1/models/" + name))
        .build();
  }

  @GET
  @Path("/models")
  @Operation(summary = "List models by name")
  @APIResponseSchema(
      value = Shapes.Models.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response list(@BeanParam Page page) {
    return page.byKey(models::list, this::json, model -> model.name().value());
  }

  @GET
  @Path("/models/{name}")
  @Operation(summary = "A model and its variants")
  @APIResponseSchema(
      value = Shapes.Model.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response get(@PathParam("name") String name) {
    return Body.ok(json(List.of(Lookup.model(models, name))).get(0));
  }

  private List<Map<String, Object>> json(List<Model> shown) {
    Map<String, List<StoredVariant>> variants =
        models.variants(shown.stream().map(model -> model.name().value()).toList());
    return shown.stream().map(model -> json(model, variants)).toList();
  }

  private static Map<String, Object> json(Model model, Map<String, List<StoredVariant>> variants) {
    Map<String, Object> map = model.json();
    map.put(
        "variants",
        variants.getOrDefault(model.name().value(), List.of()).stream()
            .map(StoredVariant::json)
            .toList());
    return map;
  }

  @POST
  @Path("/models/{name}/fits")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Start a fit: try recipes, measure, and choose a variant for each profile")
  @APIResponseSchema(
      value = FitShapes.Fit.class,
      responseCode = "202",
      responseDescription = "Started")
  @RequestBodySchema(FitShapes.NewFit.class)
  public Response fit(@PathParam("name") String name, InputStream body) throws IOException {
    Fit fit = fits.start(Lookup.model(models, name), Body.read(body));
    return Body.of(202, fit.json()).location(URI.create("/api/v1/fits/" + fit.id())).build();
  }

  @GET
  @Path("/fits")
  @Operation(summary = "List fits, newest first")
  @APIResponseSchema(
      value = FitShapes.Fits.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response fits(@BeanParam Page page) {
    return page.byPosition(fits::list, Fit::json);
  }

  @GET
  @Path("/fits/{id}")
  @Operation(summary = "A fit: its progress, and its choices once it is done")
  @APIResponseSchema(
      value = FitShapes.Fit.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response fit(@PathParam("id") String id) {
    return Body.ok(
        fits.find(id).orElseThrow(() -> Lookup.absent("fit", id, "GET /api/v1/fits")).json());
  }

  @DELETE
  @Path("/fits/{id}")
  @Operation(
      summary = "Cancel a fit, which leaves nothing, or forget one that ended",
      description = "Variants that were made stay.")
  @APIResponse(responseCode = "204", description = "Gone")
  public Response removeFit(@PathParam("id") String id) {
    if (!fits.remove(id)) {
      throw Lookup.absent("fit", id, "GET /api/v1/fits");
    }
    return Response.noContent().build();
  }
}
