/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.run.DataSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An ordered list of steps with parameters.
 *
 * @param data by input name, the empty name for all others; empty leaves the choice to the model
 * @param gates limits by metric
 */
public record Recipe(long seed, Map<String, DataSpec> data, List<Step> steps, List<Gate> gates) {
  public Recipe {
    data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
    steps = List.copyOf(steps);
    gates = List.copyOf(gates);
  }

  /** As a recipe file has it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("seed", seed);
    if (!data.isEmpty()) {
      map.put("data", dataText());
    }
    List<Object> list = new ArrayList<>();
    steps.forEach(step -> list.add(Map.of(step.name(), step.parameters())));
    map.put("steps", list);
    if (!gates.isEmpty()) {
      Map<String, Object> limits = new LinkedHashMap<>();
      gates.forEach(gate -> limits.put(gate.name(), gate.plainLimit()));
      map.put("gates", limits);
    }
    return map;
  }

  /** The first file that a step reads besides the model and the samples. */
  public Optional<Path> reads() {
    return steps.stream().flatMap(step -> step.reads().stream()).findFirst();
  }

  /** The same with other samples. */
  public Recipe withData(Map<String, DataSpec> other) {
    return new Recipe(seed, other, steps, gates);
  }

  /** Whether a step is there to make the model smaller. */
  boolean shrinks() {
    return steps.stream().anyMatch(Step::shrinks);
  }

  private Object dataText() {
    DataSpec all = data.get("");
    if (all != null && data.size() == 1) {
      return all.toString();
    }
    Map<String, Object> named = new LinkedHashMap<>();
    data.forEach((name, spec) -> named.put(name, spec.toString()));
    return named;
  }
}
