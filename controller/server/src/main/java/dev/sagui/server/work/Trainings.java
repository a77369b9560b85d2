/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.onnx.Folders;
import dev.sagui.onnx.Progress;
import dev.sagui.recipe.training.TrainingJob;
import dev.sagui.recipe.training.TrainingVerb;
import dev.sagui.server.catalog.Model;
import dev.sagui.server.catalog.TrainingRun;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.JobStore;
import dev.sagui.server.store.ModelStore;
import dev.sagui.server.store.RunStore;
import dev.sagui.train.folder.RunCopy;
import dev.sagui.train.folder.RunFolder;
import dev.sagui.train.folder.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Trains models by recipes, as jobs: from scratch, students of others, others for new data. */
public final class Trainings {
  private static final String JOB = "training";
  private static final String RUN = "run";

  /** Folder of the models that a recipe names, beside which it lies. */
  static final String MODELS = "models";

  private static final String ENCODER = "-encoder";

  private final Runs<TrainingRun> runs;
  private final ModelStore models;
  private final RunFolders folders;
  private final BlobFolder blobs;
  private final DataSets data;
  private final TrainingResults results;

  /** Where models and data come from and go to. */
  public record Shelf(BlobFolder blobs, Imports imports, DataSets data) {}

  public Trainings(Database database, Runs.Office office, Shelf shelf) {
    this.runs = new Runs<>(Event.Kind.TRAINING, RunStore.trainings(database), office);
    this.models = office.models();
    this.folders = office.folders();
    this.blobs = shelf.blobs();
    this.data = shelf.data();
    this.results = new TrainingResults(blobs, shelf.imports(), data.path());
  }

  /**
   * Starts a training and returns at once.
   *
   * @param name of the model that it makes
   * @param recipe as people write it
   * @throws RejectedException DUPLICATE_NAME, NOT_FOUND for a model or data, or BAD_REQUEST for a
   *     recipe that is none, or reads other files
   */
  public synchronized TrainingRun start(TrainingVerb verb, ArtifactName name, String recipe) {
    TrainingRequest request = TrainingRequest.of(verb, recipe, models, data);
    refuseTaken(name.value());
    if (request.pair()) {
      refuseTaken(name + ENCODER);
    }
    Map<String, Object> what = new LinkedHashMap<>();
    what.put("recipe", recipe);
    what.put("data", request.data());
    String id = "training-" + UUID.randomUUID().toString().substring(0, 13);
    return runs.start(TrainingRun.started(id, verb, name.value()), JOB, what);
  }

  private void refuseTaken(String name) {
    boolean coming = runs.running().stream().anyMatch(run -> run.model().equals(name));
    if (coming || models.find(name).isPresent()) {
      throw new RejectedException(
          FailureCode.DUPLICATE_NAME,
          "a model is named '%s' already, or will be by a training; choose another name"
              .formatted(name));
    }
  }

  public Optional<TrainingRun> find(String id) {
    return runs.find(id);
  }

  /** Newest first, from the {@code offset}-th. */
  public List<TrainingRun> list(int offset, int limit) {
    return runs.list(offset, limit);
  }

  /**
   * Forgets a training; one that runs ends at its next step, and leaves nothing. Models that were
   * made stay.
   *
   * @return whether it was there
   */
  public boolean remove(String id) {
    return runs.remove(id);
  }

  /** Its jobs. */
  public Jobs.Kind jobs() {
    return runs.kind(JOB, this::trained);
  }

  void tellElsewhere(Map<String, String> told) {
    runs.tellElsewhere(told);
  }

  private Runs.Made<TrainingRun> trained(
      JobStore.Hold hold, TrainingRun run, Fields what, Progress progress) throws IOException {
    TrainingRequest request = TrainingRequest.of(run.verb(), what.string("recipe"), models, data);
    Path work = folders.taken(hold, Trainings::takeOver);
    for (Model model : request.models()) {
      blobs.link(model.files(), work.resolve(MODELS).resolve(model.name().value()));
    }
    RunResult result = result(run, request, work, progress);
    progress.at("storing", 1);
    ArtifactName name = new ArtifactName(run.model());
    List<Path> bases =
        request.models().stream()
            .map(model -> work.resolve(MODELS).resolve(model.name().value()))
            .toList();
    List<Model> made = results.models(name, work.resolve(RUN), bases, work.resolve("made"));
    TrainingRun.Result end =
        new TrainingRun.Result(
            made.stream().map(model -> model.name().value()).toList(),
            TrainingResults.report(result),
            results.files(work.resolve(RUN)));
    return new Runs.Made<>(
        run.done(end),
        new RunStore.Results(List.of(), made),
        "%s: %d steps, model %s, %d bytes"
            .formatted(run.verb().label(), result.steps(), run.model(), made.get(0).bytes()));
  }

  /** Goes on from what an earlier hold left, where there is such. */
  private static RunResult result(
      TrainingRun run, TrainingRequest request, Path work, Progress progress) throws IOException {
    Path recipe =
        Files.writeString(
            Files.createDirectories(work.resolve(MODELS)).resolve(".recipe.json"), request.text());
    Path out = work.resolve(RUN);
    TrainingJob job = new TrainingJob(run.verb(), recipe, Optional.of(out), OptionalInt.empty());
    TrainingTold told = new TrainingTold(run.verb(), progress, System::nanoTime);
    if (Files.exists(out.resolve(RunFolder.RECIPE))) {
      return job.resume(told, progress);
    }
    Folders.delete(out);
    return job.start(told, progress);
  }

  private static void takeOver(Path left, Path own) throws IOException {
    RunCopy.copy(left.resolve(RUN), own.resolve(RUN));
  }
}
