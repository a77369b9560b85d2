/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.catalog;

import dev.sagui.json.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A run that takes a model through a recipe and makes a variant of it.
 *
 * @param variant that it makes
 * @param progress 0 to 1, of what it is doing
 * @param doing the step in a few words; what follows a colon is its state, as loss and score
 * @param steps once it is done
 */
public record CompressionRun(
    String id,
    String model,
    String variant,
    Fit.State state,
    double progress,
    String doing,
    List<Step> steps,
    Optional<Fit.Problem> problem)
    implements Run<CompressionRun> {
  /**
   * What a step of the recipe did.
   *
   * @param reason why nothing changed, or what was left; empty when all went as asked
   * @param bytes of the model after it
   */
  public record Step(String name, boolean changed, String reason, long bytes, double seconds) {
    Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", name);
      map.put("changed", changed);
      map.put("reason", reason);
      map.put("bytes", bytes);
      map.put("seconds", seconds);
      return map;
    }
  }

  public CompressionRun {
    steps = List.copyOf(steps);
  }

  public static CompressionRun started(String id, String model, String variant) {
    return new CompressionRun(
        id, model, variant, Fit.State.RUNNING, 0, "waiting", List.of(), Optional.empty());
  }

  @Override
  public String label() {
    return variant;
  }

  @Override
  public CompressionRun at(String what, double fraction) {
    return new CompressionRun(id, model, variant, state, fraction, what, steps, problem);
  }

  public CompressionRun done(List<Step> made) {
    return new CompressionRun(
        id, model, variant, Fit.State.DONE, 1, "done", made, Optional.empty());
  }

  @Override
  public CompressionRun failed(Fit.Problem why) {
    return new CompressionRun(
        id, model, variant, Fit.State.FAILED, progress, "failed", List.of(), Optional.of(why));
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("model", model);
    map.put("variant", variant);
    map.put("state", state.name().toLowerCase(Locale.ROOT));
    map.put("progress", progress);
    map.put("doing", doing);
    map.put("steps", steps.stream().map(Step::json).toList());
    problem.ifPresent(why -> map.put("problem", why.json()));
    return map;
  }

  /** What {@link #json()} wrote. */
  public static CompressionRun parse(Fields f) {
    return new CompressionRun(
        f.string("id"),
        f.string("model"),
        f.string("variant"),
        Fit.State.valueOf(f.string("state").toUpperCase(Locale.ROOT)),
        f.number("progress"),
        f.string("doing"),
        f.objects("steps", CompressionRun::step),
        f.has("problem") ? Optional.of(Fit.Problem.parse(f.object("problem"))) : Optional.empty());
  }

  private static Step step(Fields f) {
    return new Step(
        f.string("name"),
        f.flag("changed"),
        f.string("reason"),
        f.integer("bytes"),
        f.number("seconds"));
  }
}
