/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.cost.Work;
import dev.sagui.json.Fields;
import dev.sagui.quality.Quality;
import dev.sagui.recipe.Recipe;
import dev.sagui.recipe.StepRecord;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Variants and what was measured of them, as JSON. */
final class AttemptJson {
  private AttemptJson() {}

  /** For reports. */
  static Map<String, Object> of(Attempt attempt) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", attempt.name().value());
    map.put("done", attempt.done());
    map.put("arithmetic", attempt.arithmetic());
    map.put("bytes", attempt.bytes());
    map.put("golden_bytes", attempt.goldenBytes());
    map.put("bytes_on_wire", attempt.bytesOnWire());
    map.put("p50_ms", attempt.p50Millis());
    map.put("p95_ms", attempt.p95Millis());
    map.put("ratio_to_input", attempt.ratio());
    map.put("quality", attempt.quality().json());
    map.put("quality_told", Reasons.quality(attempt));
    if (Double.isFinite(attempt.merit())) {
      map.put("merit", attempt.merit());
    }
    map.put("recipe", attempt.recipe().json());
    return map;
  }

  /** All that {@link #outcome} reads. */
  static Map<String, Object> whole(Outcome outcome) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("seconds", outcome.spent().seconds());
    outcome.problem().ifPresent(problem -> map.put("problem", problem));
    outcome.attempt().ifPresent(attempt -> map.put("attempt", whole(attempt)));
    return map;
  }

  private static Map<String, Object> whole(Attempt attempt) {
    Map<String, Object> map = of(attempt);
    map.put("null_scale", attempt.quality().nullScale().json());
    map.put("float_bytes", attempt.floatBytes());
    map.put("work", attempt.work().json());
    map.put("steps", StepRecord.json(attempt.steps()));
    return map;
  }

  /**
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD
   */
  static Outcome outcome(Fields f, Recipe recipe, Path folder) {
    return new Outcome(
        f.has("attempt")
            ? Optional.of(attempt(f.object("attempt"), recipe, folder))
            : Optional.empty(),
        f.findString("problem"),
        new Outcome.Spent(f.number("seconds"), true));
  }

  private static Attempt attempt(Fields f, Recipe recipe, Path folder) {
    return new Attempt(
        f.typed("name", ArtifactName::new),
        f.string("arithmetic"),
        folder,
        recipe,
        f.integer("bytes"),
        f.integer("golden_bytes"),
        f.integer("bytes_on_wire"),
        f.integer("float_bytes"),
        Quality.parse(f.object("quality"), f.object("null_scale")),
        f.number("p50_ms"),
        f.number("p95_ms"),
        f.number("ratio_to_input"),
        Work.parse(f, "work"),
        StepRecord.parse(recipe, f.objects("steps", step -> step)));
  }
}
