/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fit.Search;
import dev.sagui.json.Fields;
import dev.sagui.onnx.Progress;
import dev.sagui.recipe.Recipe;
import dev.sagui.recipe.RecipeFile;
import dev.sagui.recipe.StepRecord;
import dev.sagui.run.DataSpec;
import dev.sagui.server.catalog.CompressionRun;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.JobStore;
import dev.sagui.server.store.ModelStore;
import dev.sagui.server.store.RunStore;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Takes models through recipes, as jobs. */
public final class Compressions {
  private static final String JOB = "compression";

  private final Runs<CompressionRun> runs;
  private final VariantWorkshop workshop;
  private final ModelStore models;
  private final Profiles profiles;
  private final DataSets data;

  public Compressions(
      Database database,
      Runs.Office office,
      VariantWorkshop workshop,
      Profiles profiles,
      DataSets data) {
    this.runs = new Runs<>(Event.Kind.COMPRESSION, RunStore.compressions(database), office);
    this.models = office.models();
    this.workshop = workshop;
    this.profiles = profiles;
    this.data = data;
  }

  /**
   * Starts a compression and returns at once.
   *
   * @param name of the variant that it makes
   * @param recipe as people write it
   * @param profile whose instruction set it is for; the working machine's if empty
   * @throws RejectedException DUPLICATE_NAME, UNKNOWN_PROFILE, NOT_FOUND for its data, or
   *     BAD_REQUEST for a recipe that is none, or reads other files
   */
  public synchronized CompressionRun start(
      Model model, ArtifactName name, String recipe, Optional<String> profile) {
    located(recipe);
    refuseTaken(model, name);
    Map<String, Object> what = new LinkedHashMap<>();
    what.put("recipe", recipe);
    what.put("data", data.names(RecipeFile.parse(recipe).data().values()));
    profile.ifPresent(known -> what.put("profile", profiles.get(known).name().value()));
    String id = "compression-" + UUID.randomUUID().toString().substring(0, 13);
    return runs.start(CompressionRun.started(id, model.name().value(), name.value()), JOB, what);
  }

  /** The recipe with its samples where they are. */
  private Recipe located(String text) {
    Recipe recipe = RecipeFile.parse(text);
    recipe
        .reads()
        .ifPresent(
            file -> {
              throw DataSets.refused(file.toString());
            });
    Map<String, DataSpec> found = new LinkedHashMap<>();
    recipe.data().forEach((input, spec) -> found.put(input, data.located(spec)));
    return recipe.withData(found);
  }

  private void refuseTaken(Model model, ArtifactName name) {
    boolean made =
        models.variants(model.name().value()).stream()
            .anyMatch(variant -> variant.name().equals(name));
    boolean coming =
        runs.running().stream()
            .anyMatch(
                run ->
                    run.model().equals(model.name().value()) && run.variant().equals(name.value()));
    if (made || coming || Search.reserves(name)) {
      throw new RejectedException(
          FailureCode.DUPLICATE_NAME,
          "a variant of '%s' is named '%s' already, or will be by a fit; choose another name"
              .formatted(model.name(), name));
    }
  }

  public Optional<CompressionRun> find(String id) {
    return runs.find(id);
  }

  /** Newest first, from the {@code offset}-th. */
  public List<CompressionRun> list(int offset, int limit) {
    return runs.list(offset, limit);
  }

  /**
   * Forgets a compression; one that runs ends where it next tells its progress, and leaves nothing.
   * A variant that was made stays.
   *
   * @return whether it was there
   */
  public boolean remove(String id) {
    return runs.remove(id);
  }

  /** Its jobs. */
  public Jobs.Kind jobs() {
    return runs.kind(JOB, this::compressed);
  }

  void tellElsewhere(Map<String, String> told) {
    runs.tellElsewhere(told);
  }

  private Runs.Made<CompressionRun> compressed(
      JobStore.Hold hold, CompressionRun run, Fields what, Progress progress) throws IOException {
    VariantWorkshop.Compressed made =
        workshop.compressed(
            hold,
            new VariantWorkshop.Wanted(
                runs.model(run),
                new ArtifactName(run.variant()),
                located(what.string("recipe")),
                what.findString("profile").map(profiles::get)),
            progress);
    List<StepRecord> steps = made.report().steps();
    String names = String.join(", ", steps.stream().map(step -> step.step().name()).toList());
    return new Runs.Made<>(
        run.done(steps.stream().map(Compressions::step).toList()),
        new RunStore.Results(List.of(made.variant()), List.of()),
        "%s, %d bytes".formatted(names, made.variant().bytes()));
  }

  private static CompressionRun.Step step(StepRecord step) {
    return new CompressionRun.Step(
        step.step().name(), step.changed(), step.reason(), step.bytesAfter(), step.seconds());
  }
}
