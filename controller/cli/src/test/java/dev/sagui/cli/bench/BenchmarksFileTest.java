/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchmarksFileTest {
  @Test
  void replacesOnlyItsOwnSection() {
    String old =
        """
        # B
        <!-- bench:a -->
        old a
        <!-- /bench:a -->
        by hand
        <!-- bench:b -->
        old b
        <!-- /bench:b -->
        """;
    String wanted =
        """
        # B
        <!-- bench:a -->
        new a
        <!-- /bench:a -->
        by hand
        <!-- bench:b -->
        old b
        <!-- /bench:b -->
        """;
    assertEquals(wanted, BenchmarksFile.replaced(old, "a", "\nnew a\n\n"));
  }

  @Test
  void addsASectionThatIsMissing() {
    String added = BenchmarksFile.replaced("# B\n", "a", "x");
    assertEquals("# B\n\n<!-- bench:a -->\nx\n<!-- /bench:a -->\n", added);
    assertEquals(added, BenchmarksFile.replaced(added, "a", "x"));
  }

  @Test
  void makesTheFileAndLeavesNothingElse(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("BENCHMARKS.md");
    new BenchmarksFile(file).replace("a", "x");
    assertTrue(Files.readString(file).startsWith("# Benchmarks\n"));
    assertFalse(Files.exists(folder.resolve("BENCHMARKS.md.part")));
  }
}
