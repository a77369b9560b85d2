/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Columns of text, each as wide as its widest cell. */
final class Table {
  private Table() {}

  static List<String> of(List<String> header, List<List<String>> rows) {
    List<Integer> widths =
        IntStream.range(0, header.size())
            .mapToObj(i -> Math.max(header.get(i).length(), widest(rows, i)))
            .toList();
    return Stream.concat(Stream.of(header), rows.stream()).map(row -> line(row, widths)).toList();
  }

  private static int widest(List<List<String>> rows, int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static String line(List<String> cells, List<Integer> widths) {
    String line =
        IntStream.range(0, cells.size())
            .mapToObj(i -> ("%-" + widths.get(i) + "s").formatted(cells.get(i)))
            .collect(Collectors.joining("  "));
    return line.stripTrailing();
  }
}
