/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A training at one moment: all that it takes to go on as if it had never stopped.
 *
 * @param done steps
 * @param steps in all
 * @param arrays values, averages, moments by name; copies
 */
public record TrainingState(long done, long steps, Map<String, float[]> arrays) {
  public TrainingState {
    arrays = new LinkedHashMap<>(arrays);
  }

  /** The same arrays under names that begin with {@code prefix}. */
  Map<String, float[]> prefixed(String prefix) {
    Map<String, float[]> named = new LinkedHashMap<>();
    arrays.forEach((name, array) -> named.put(prefix + name, array));
    return named;
  }

  /** The arrays whose names begin with {@code prefix}, without it. */
  TrainingState part(String prefix) {
    Map<String, float[]> part = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) -> {
          if (name.startsWith(prefix)) {
            part.put(name.substring(prefix.length()), array);
          }
        });
    return new TrainingState(done, steps, part);
  }
}
