/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A benchmark's result as it stands in BENCHMARKS.md.
 *
 * @param title heading, one line
 * @param machine where it was measured
 * @param command what repeats it
 * @param rows in the order shown
 * @param notes how it was measured, one sentence each
 */
record Table(String title, Machine machine, String command, List<Row> rows, List<String> notes) {
  Table {
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
  }

  boolean missedTarget() {
    return rows.stream().anyMatch(Row::missed);
  }

  String markdown() {
    StringBuilder out = new StringBuilder();
    out.append("## ").append(title).append("\n\n");
    machine.lines().forEach(line -> out.append("- ").append(line).append('\n'));
    out.append("- Command: `").append(command).append("`\n\n");
    out.append("| What | Sagui | Peer | Ratio | Target |\n|---|---:|---:|---:|---|\n");
    rows.forEach(row -> out.append(line(row)));
    out.append('\n');
    notes.forEach(note -> out.append("- ").append(note).append('\n'));
    return out.toString();
  }

  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("title", title);
    map.put("machine", machine.lines());
    map.put("command", command);
    map.put("rows", rows.stream().map(Row::json).toList());
    return map;
  }

  private static String line(Row row) {
    return "| %s | %s | %s | %s | %s |\n"
        .formatted(row.what(), row.ours(), row.peer(), row.ratioText(), row.targetText());
  }
}
