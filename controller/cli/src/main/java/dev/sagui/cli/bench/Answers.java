/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether both sides computed the same, before either is timed. */
final class Answers {
  private static final double TOLERANCE = 1e-3;

  private Answers() {}

  /**
   * @param agent an Open Inference Protocol v2 answer with one output
   * @param peer the peer's {@code {"output": nested lists}}
   * @throws BenchException the values differ
   */
  static void requireSame(byte[] agent, byte[] peer) {
    List<Double> ours = numbers(Json.parse(agent), "data");
    List<Double> theirs = numbers(Json.parse(peer), "output");
    if (ours.isEmpty() || ours.size() != theirs.size()) {
      throw new BenchException(
          "the agent answered %d values, the peer %d".formatted(ours.size(), theirs.size()));
    }
    for (int i = 0; i < ours.size(); i++) {
      if (!(Math.abs(ours.get(i) - theirs.get(i)) <= TOLERANCE)) {
        throw new BenchException(
            "value %d is %s from the agent, %s from the peer"
                .formatted(i, ours.get(i), theirs.get(i)));
      }
    }
  }

  private static List<Double> numbers(Object document, String key) {
    List<Double> numbers = new ArrayList<>();
    collect(document, key, false, numbers);
    return numbers;
  }

  private static void collect(Object value, String key, boolean inside, List<Double> into) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, each) -> collect(each, key, name.equals(key), into));
    } else if (value instanceof List<?> list) {
      list.forEach(each -> collect(each, key, inside, into));
    } else if (inside && value instanceof Number number) {
      into.add(number.doubleValue());
    }
  }
}
