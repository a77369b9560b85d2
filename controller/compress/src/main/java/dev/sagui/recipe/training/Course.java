/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe.training;

import dev.sagui.keys.Keys;
import dev.sagui.run.DataSpec;
import dev.sagui.train.plan.TrainingKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that all recipes of trainings share.
 *
 * @param seed of all that is random
 * @param out the run's folder
 * @param data by input name, the empty name for all others; empty leaves the choice to the model
 * @param training how it goes
 */
public record Course(
    long seed, Optional<Path> out, Map<String, DataSpec> data, TrainingKeys training) {
  static final String DATA = "data";
  private static final List<String> OWN = List.of("seed", "out", DATA);

  public Course {
    data = new LinkedHashMap<>(data);
  }

  /** These keys and those of one verb. */
  static List<String> names(String... more) {
    List<String> names = new ArrayList<>(List.of(more));
    names.addAll(OWN);
    names.addAll(TrainingKeys.NAMES);
    return names;
  }

  static Course parse(Keys keys, Path base) {
    return new Course(
        keys.whole("seed", 0, 0),
        keys.text("out").map(base::resolve),
        data(keys),
        TrainingKeys.parse(keys, TrainingKeys.USUAL));
  }

  private static Map<String, DataSpec> data(Keys keys) {
    Map<String, DataSpec> specs = new LinkedHashMap<>();
    Object value = keys.find(DATA).orElse(Map.of());
    if (value instanceof String text) {
      specs.put("", DataSpec.parse(text));
    } else {
      Keys named = Keys.of(value, DATA);
      named.map().forEach((name, spec) -> specs.put(name, DataSpec.parse(spec.toString())));
    }
    return specs;
  }

  /** The same with epochs as steps, for so many samples. */
  Course over(long samples) {
    return with(training.over(samples));
  }

  Course with(TrainingKeys other) {
    return new Course(seed, out, data, other);
  }

  Course withData(Map<String, DataSpec> other) {
    return new Course(seed, out, other, training);
  }

  /** As recipes have it, without {@code out}, which is where the recipe lies. */
  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    DataSpec all = data.get("");
    if (all != null && data.size() == 1) {
      map.put(DATA, all.toString());
    } else if (!data.isEmpty()) {
      Map<String, Object> named = new LinkedHashMap<>();
      data.forEach((name, spec) -> named.put(name, spec.toString()));
      map.put(DATA, named);
    }
    map.putAll(training.json());
    map.put("seed", seed);
    return map;
  }
}
