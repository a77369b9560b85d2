/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import dev.sagui.failure.KnownNames;
import dev.sagui.recipe.training.TrainingVerb;
import dev.sagui.server.catalog.TrainingRun;
import dev.sagui.server.work.Trainings;
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
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Models trained by recipes. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@Tag(name = "training")
public final class TrainingsResource {
  private static final String LIST = "GET /api/v1/trainings";

  private final Trainings trainings;

  TrainingsResource(Trainings trainings) {
    this.trainings = trainings;
  }

  @POST
  @Path("/trainings")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Train a model by a recipe, which makes a new model",
      description =
          "From random weights (train), as a student of another one (distill), or another one for"
              + " new data (transfer). Of an autoencoder it makes a decoder, and NAME-encoder.")
  @APIResponseSchema(
      value = TrainingShapes.Training.class,
      responseCode = "202",
      responseDescription = "Started")
  @RequestBodySchema(TrainingShapes.TrainingRecipe.class)
  public Response start(
      @Parameter(description = "train, distill or transfer.") @RestQuery @DefaultValue("")
          String verb,
      @Parameter(description = "Names the model that it makes.") @RestQuery @DefaultValue("")
          String name,
      InputStream body)
      throws IOException {
    TrainingRun run = trainings.start(verb(verb), Lookup.newName("name", name), Body.text(body));
    return Body.of(202, run.json()).location(URI.create("/api/v1/trainings/" + run.id())).build();
  }

  private static TrainingVerb verb(String text) {
    List<TrainingVerb> all = Arrays.asList(TrainingVerb.values());
    List<String> names = all.stream().map(TrainingVerb::label).toList();
    KnownNames.require(text, names, "?verb");
    return all.get(names.indexOf(text));
  }

  @GET
  @Path("/trainings")
  @Operation(summary = "List trainings, newest first")
  @APIResponseSchema(
      value = TrainingShapes.Trainings.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response list(@BeanParam Page page) {
    return page.byPosition(trainings::list, TrainingRun::json);
  }

  @GET
  @Path("/trainings/{id}")
  @Operation(summary = "A training: its progress, and its models, report and files once it is done")
  @APIResponseSchema(
      value = TrainingShapes.Training.class,
      responseCode = "200",
      responseDescription = "As asked")
  public Response get(@PathParam("id") String id) {
    return Body.ok(
        trainings.find(id).orElseThrow(() -> Lookup.absent("training", id, LIST)).json());
  }

  @DELETE
  @Path("/trainings/{id}")
  @Operation(
      summary = "Cancel a training, which leaves nothing, or forget one that ended",
      description = "Models that were made stay.")
  @APIResponse(responseCode = "204", description = "Gone")
  public Response remove(@PathParam("id") String id) {
    if (!trainings.remove(id)) {
      throw Lookup.absent("training", id, LIST);
    }
    return Response.noContent().build();
  }
}
