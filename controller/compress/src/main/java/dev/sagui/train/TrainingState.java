/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
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

  /**
   * One of the arrays.
   *
   * @throws RejectedException BAD_REQUEST when there is none of that length
   */
  public float[] array(String name, int length) {
    float[] found = arrays.get(name);
    if (found == null || found.length != length) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "the checkpoint has %s under '%s', expected %d numbers: it is of another net or optimizer; start anew"
              .formatted(found == null ? "nothing" : found.length + " numbers", name, length));
    }
    return found;
  }

  /** The same arrays under names that begin with {@code prefix}. */
  public Map<String, float[]> prefixed(String prefix) {
    Map<String, float[]> named = new LinkedHashMap<>();
    arrays.forEach((name, array) -> named.put(prefix + name, array));
    return named;
  }

  /** The arrays whose names begin with {@code prefix}, without it. */
  public TrainingState part(String prefix) {
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
