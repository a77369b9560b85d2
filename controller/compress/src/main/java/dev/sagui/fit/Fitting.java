/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.Speeds;
import dev.sagui.json.Json;
import dev.sagui.recipe.Gate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a search found.
 *
 * @param tried in order; the first is the model as it came
 * @param dropped candidates that gave nothing, and why
 * @param outputs of the best variants beside the model as it came, as HTML
 * @param here this machine's speeds, if they were measured
 */
public record Fitting(
    String model,
    Preference preference,
    List<Attempt> tried,
    Map<String, String> dropped,
    List<Decision> decisions,
    Map<ArtifactName, String> outputs,
    Optional<Speeds> here,
    double seconds) {
  public Fitting {
    tried = List.copyOf(tried);
    decisions = List.copyOf(decisions);
    outputs = Map.copyOf(outputs);
  }

  /** Whether every device gets a variant. */
  public boolean met() {
    return decisions.stream().allMatch(decision -> decision.chosen().isPresent());
  }

  /**
   * Those that were kept.
   *
   * @param outDir where the search was published
   */
  public List<Variant> variants(Path outDir) throws IOException {
    List<Variant> variants = new ArrayList<>();
    for (Attempt attempt : tried) {
      if (shows(attempt)) {
        variants.add(attempt.variant(outDir));
      }
    }
    return variants;
  }

  /** Whether a device's report has a place for it, so that it is kept. */
  boolean shows(Attempt attempt) {
    return decisions.stream().anyMatch(decision -> decision.shows(attempt));
  }

  /** Style sheet of {@link #page}. */
  public static String style() {
    return FitStyle.CSS;
  }

  /**
   * For people: one HTML page, to read without scripts, and the data for one that draws it.
   *
   * @param top HTML before its own: the style sheet, a way back
   */
  public String page(String top) {
    return FitPage.served(this, top);
  }

  /** The document {@code fit.json}. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model", model);
    map.put("prefer", preference.label());
    map.put("choices", decisions.stream().map(this::json).toList());
    map.put("variants", tried.stream().map(AttemptJson::of).toList());
    map.put("dropped", dropped);
    map.put("speeds", here.map(s -> (Object) s.json()).orElse(Json.Absent.NULL));
    map.put("seconds", seconds);
    return map;
  }

  private Map<String, Object> json(Decision decision) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("profile", decision.wish().device().name().value());
    map.put("variant", name(decision.chosen()));
    map.put("nearest", name(decision.nearest()));
    map.put("limits", decision.wish().limits().stream().map(Fitting::json).toList());
    map.put("reason", decision.reason());
    map.put("times", decision.time().source().label());
    map.put("held", suited(decision).stream().map(attempt -> held(decision, attempt)).toList());
    return map;
  }

  /** Those that the device may get. */
  List<Attempt> suited(Decision decision) {
    return tried.stream().filter(a -> a.suits(decision.wish().format())).toList();
  }

  private static Map<String, Object> held(Decision decision, Attempt attempt) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("variant", attempt.name().value());
    map.put("p50_ms", decision.time().p50Millis(attempt));
    map.put("p95_ms", decision.time().p95Millis(attempt));
    decision.time().error(attempt).ifPresent(error -> map.put("predicted_within", error));
    decision
        .time()
        .measured(attempt)
        .ifPresent(
            measured -> {
              map.put("measured_on", measured.device().value());
              map.put("measurement", measured.result().json());
            });
    map.put("known", VariantRows.known(decision.time(), attempt));
    map.put("on_front", decision.front().contains(attempt));
    map.put("missed", decision.missed(attempt));
    return map;
  }

  private static Map<String, Object> json(Gate limit) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", limit.name());
    map.put("limit", limit.limit());
    return map;
  }

  private static Object name(Optional<Attempt> attempt) {
    return attempt.map(a -> (Object) a.name().value()).orElse(Json.Absent.NULL);
  }
}
