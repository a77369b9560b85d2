/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.quantize.StoredWeight;
import dev.sagui.quantize.qdq.StaticInt8;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a step decided where its recipe left it open, as reports hold it. */
final class Choices {
  private Choices() {}

  /** Ranges of the values that became integers, by one value of each group; layers by kind. */
  static Map<String, Object> of(StaticInt8.Result result) {
    Map<String, Object> ranges = new TreeMap<>();
    result
        .ranges()
        .forEach((group, range) -> ranges.put(group, List.of(range.low(), range.high())));
    Map<String, Object> choices = new LinkedHashMap<>();
    choices.put("ranges", ranges);
    choices.put("int8", result.layers());
    choices.put("float32", result.floats());
    return choices;
  }

  /** Bytes of each weight that changed, and why others did not. */
  static Map<String, Object> of(List<StoredWeight> weights) {
    Map<String, Object> bytes = new LinkedHashMap<>();
    Map<String, Object> left = new LinkedHashMap<>();
    for (StoredWeight weight : weights) {
      if (weight.changed()) {
        bytes.put(weight.name(), weight.bytesAfter());
      } else {
        left.put(weight.name(), weight.reason());
      }
    }
    Map<String, Object> choices = new LinkedHashMap<>();
    choices.put("weight_bytes", bytes);
    choices.put("float32", left);
    return choices;
  }

  /** How many single decisions there are. */
  static int count(Map<String, Object> choices) {
    return choices.values().stream().mapToInt(Choices::size).sum();
  }

  private static int size(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.size();
    }
    return value instanceof Collection<?> list ? list.size() : 1;
  }
}
