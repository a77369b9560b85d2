/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.json.Fields;
import dev.sagui.recipe.training.TrainingVerb;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A run that trains a model by a recipe and makes it one of the catalog.
 *
 * @param model that it makes
 * @param progress 0 to 1, of what it is doing
 * @param doing the step in a few words; what follows a colon is its state, as loss and rate
 * @param result once it is done
 */
public record TrainingRun(
    String id,
    TrainingVerb verb,
    String model,
    Fit.State state,
    double progress,
    String doing,
    Optional<Result> result,
    Optional<Fit.Problem> problem)
    implements Run<TrainingRun> {
  /**
   * What came of it.
   *
   * @param models of the catalog; an encoder stands beside its decoder
   * @param report as {@code sagui train --json} prints it, without paths
   * @param files recipe, curves and the like, each a blob
   */
  public record Result(List<String> models, Map<String, Object> report, List<StoredFile> files) {
    public Result {
      models = List.copyOf(models);
      report = new LinkedHashMap<>(report);
      files = List.copyOf(files);
    }

    static Result parse(Fields f) {
      Map<String, Object> report = new LinkedHashMap<>();
      f.object("report").values().forEach((key, value) -> report.put(key.toString(), value));
      return new Result(f.strings("models"), report, f.objects("files", StoredFile::parse));
    }
  }

  public static TrainingRun started(String id, TrainingVerb verb, String model) {
    return new TrainingRun(
        id, verb, model, Fit.State.RUNNING, 0, "waiting", Optional.empty(), Optional.empty());
  }

  @Override
  public String label() {
    return "";
  }

  @Override
  public TrainingRun at(String what, double fraction) {
    return new TrainingRun(id, verb, model, state, fraction, what, result, problem);
  }

  public TrainingRun done(Result made) {
    return new TrainingRun(
        id, verb, model, Fit.State.DONE, 1, "done", Optional.of(made), Optional.empty());
  }

  @Override
  public TrainingRun failed(Fit.Problem why) {
    return new TrainingRun(
        id, verb, model, Fit.State.FAILED, progress, "failed", Optional.empty(), Optional.of(why));
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("verb", verb.label());
    map.put("model", model);
    map.put("state", state.name().toLowerCase(Locale.ROOT));
    map.put("progress", progress);
    map.put("doing", doing);
    result.ifPresent(
        made -> {
          map.put("models", made.models());
          map.put("report", made.report());
          map.put("files", made.files().stream().map(StoredFile::json).toList());
        });
    problem.ifPresent(why -> map.put("problem", why.json()));
    return map;
  }

  /** What {@link #json()} wrote. */
  public static TrainingRun parse(Fields f) {
    return new TrainingRun(
        f.string("id"),
        TrainingVerb.valueOf(f.string("verb").toUpperCase(Locale.ROOT)),
        f.string("model"),
        Fit.State.valueOf(f.string("state").toUpperCase(Locale.ROOT)),
        f.number("progress"),
        f.string("doing"),
        f.has("report") ? Optional.of(Result.parse(f)) : Optional.empty(),
        f.has("problem") ? Optional.of(Fit.Problem.parse(f.object("problem"))) : Optional.empty());
  }
}
