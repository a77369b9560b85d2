/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the metrics say of the reference alone, so that a value can be read.
 *
 * <p>Of a paired metric: the value between the reference's outputs for different inputs, which is
 * what "unrelated" looks like. Of a distribution metric: the 95th percentile of 20 splits of the
 * reference's outputs into halves, which is what chance looks like.
 *
 * @param values in the order of {@link Metric}
 */
public record NullScale(Map<Metric, Double> values) {
  /** Nothing is known. */
  public static final NullScale NONE = new NullScale(Map.of());

  public NullScale {
    values = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(values));
  }

  public OptionalDouble of(Metric metric) {
    Double value = values.get(metric);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** As reports hold it; null for what is not finite. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    values.forEach((metric, value) -> map.put(metric.key(), finite(value)));
    return map;
  }

  static Object finite(double value) {
    return Double.isFinite(value) ? (Object) value : Json.Absent.NULL;
  }
}
