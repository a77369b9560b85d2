/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** BENCHMARKS.md: each benchmark owns what stands between its two markers, and nothing else. */
record BenchmarksFile(Path path) {
  private static final String HEADING =
      """
      # Benchmarks

      Every table was written by the program that measured it: `./sagui bench NAME --peer`.
      """;

  /** Replaces the section of {@code name}, or adds it at the end. */
  void replace(String name, String markdown) {
    try {
      String old = Files.exists(path) ? Files.readString(path) : HEADING;
      Path staged = path.resolveSibling(path.getFileName() + ".part");
      Files.writeString(staged, replaced(old, name, markdown));
      Files.move(staged, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + path + " failed: " + e.getMessage(), e);
    }
  }

  static String replaced(String old, String name, String markdown) {
    String begin = "<!-- bench:" + name + " -->";
    String end = "<!-- /bench:" + name + " -->";
    String section = begin + "\n" + markdown.strip() + "\n" + end;
    int from = old.indexOf(begin);
    int to = from < 0 ? -1 : old.indexOf(end, from);
    if (to < 0) {
      return old.stripTrailing() + "\n\n" + section + "\n";
    }
    return old.substring(0, from) + section + old.substring(to + end.length());
  }
}
