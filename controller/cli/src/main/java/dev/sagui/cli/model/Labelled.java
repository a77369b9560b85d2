/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Labelled text of at most 100 columns: long lists continue below where they began. */
final class Labelled {
  private static final int COLUMNS = 100;
  private static final String LABEL = "%-12s";
  private static final String NO_LABEL = LABEL.formatted("");

  private final List<String> lines = new ArrayList<>();

  /** One line as it is. */
  void line(String label, String text) {
    lines.add(LABEL.formatted(label) + text);
  }

  /** Items with commas between, wrapped between items. */
  void list(String label, List<String> items) {
    wrap(label, items, ",");
  }

  /** Words, wrapped between them. */
  void text(String label, String text) {
    wrap(label, List.of(text.split(" ", -1)), "");
  }

  private void wrap(String label, List<String> items, String separator) {
    StringBuilder line = new StringBuilder(LABEL.formatted(label));
    for (int i = 0; i < items.size(); i++) {
      String item = items.get(i) + (i < items.size() - 1 ? separator : "");
      boolean first = line.length() <= NO_LABEL.length();
      if (!first && line.length() + 1 + item.length() > COLUMNS) {
        lines.add(line.toString());
        line = new StringBuilder(NO_LABEL);
        first = true;
      }
      line.append(first ? "" : " ").append(item);
    }
    lines.add(line.toString());
  }

  /** {@code name count} for each entry. */
  static List<String> counts(Map<String, ?> map) {
    return map.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList();
  }

  List<String> lines() {
    return lines;
  }
}
