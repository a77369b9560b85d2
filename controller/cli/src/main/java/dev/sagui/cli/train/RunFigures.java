/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a run knows beside its score, as lines for people. */
final class RunFigures {
  private RunFigures() {}

  /** A line for each group: {@code student flops_ratio 0.31, latency_ratio 0.42}. */
  static List<String> lines(Map<String, Object> facts) {
    List<String> lines = new ArrayList<>();
    facts.forEach(
        (group, values) -> {
          if (values instanceof Map<?, ?> map) {
            lines.add("%-8s %s".formatted(group.replace('_', ' '), numbers(map)));
          }
        });
    return lines;
  }

  private static String numbers(Map<?, ?> map) {
    return map.entrySet().stream()
        .filter(entry -> entry.getValue() instanceof Number)
        .map(entry -> entry.getKey() + " " + number((Number) entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String number(Number value) {
    return value instanceof Long || value instanceof Integer
        ? value.toString()
        : String.format(Locale.ROOT, "%.4g", value.doubleValue());
  }
}
