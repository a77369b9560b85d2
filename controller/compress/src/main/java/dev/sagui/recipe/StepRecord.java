/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.json.Fields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A step as the report has it.
 *
 * @param bytesBefore weights and graph before the step, as they would be written
 */
public record StepRecord(
    Step step,
    boolean changed,
    boolean reverted,
    String reason,
    double seconds,
    long bytesBefore,
    long bytesAfter,
    Map<String, Object> metrics,
    Map<String, Object> choices) {

  /** All of it, for {@link #parse}. */
  public static List<Object> json(List<StepRecord> records) {
    return records.stream().map(record -> (Object) record.json(false)).toList();
  }

  /**
   * What {@link #json} wrote of a recipe's steps, or of the first of them.
   *
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD
   */
  public static List<StepRecord> parse(Recipe recipe, List<Fields> records) {
    List<StepRecord> parsed = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      parsed.add(parse(recipe.steps().get(i), records.get(i)));
    }
    return parsed;
  }

  private static StepRecord parse(Step step, Fields f) {
    return new StepRecord(
        step,
        f.flag("changed"),
        f.flag("reverted"),
        f.string("reason"),
        f.number("seconds"),
        f.integer("bytes_before"),
        f.integer("bytes_after"),
        values(f.object("metrics")),
        values(f.object("choices")));
  }

  private static Map<String, Object> values(Fields f) {
    Map<String, Object> values = new LinkedHashMap<>();
    f.values().forEach((key, value) -> values.put(key.toString(), value));
    return values;
  }

  /**
   * The same, but that its result was not kept.
   *
   * @param bytes of what was kept
   */
  StepRecord takenBack(String why, long bytes) {
    if (!changed) {
      return this;
    }
    return new StepRecord(
        step,
        false,
        true,
        "was taken back: " + why,
        seconds,
        bytesBefore,
        bytes,
        metrics,
        Map.of());
  }

  /**
   * @param apart whether the choices stand in {@link ReportFiles#CHOICES}
   */
  Map<String, Object> json(boolean apart) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", step.name());
    map.put("parameters", step.parameters());
    map.put("changed", changed);
    map.put("reverted", reverted);
    map.put("reason", reason);
    map.put("seconds", seconds);
    map.put("bytes_before", bytesBefore);
    map.put("bytes_after", bytesAfter);
    map.put("metrics", metrics);
    map.put("choices", apart ? Map.of("file", ReportFiles.CHOICES) : choices);
    return map;
  }
}
