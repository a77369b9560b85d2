/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import java.util.LinkedHashMap;
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
