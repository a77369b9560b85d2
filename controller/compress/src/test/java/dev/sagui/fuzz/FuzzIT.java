/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FuzzIT {
  private static final int SEED = 7;
  private static final int ONNX_TESTS = 60;

  @TempDir Path folder;

  @Test
  void brokenModelsAreRefusedOrWrittenInASmallHeap() throws Exception {
    FuzzCorpus.sources(0);
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-cp",
                System.getProperty("java.class.path"),
                FuzzRun.class.getName(),
                "" + SEED,
                "" + ONNX_TESTS,
                folder.toString())
            .redirectErrorStream(true)
            .start();
    List<String> told =
        new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertEquals(0, child.waitFor(), () -> String.join("\n", told));
    assertEquals(1, told.size(), () -> String.join("\n", told));
    assertTrue(told.get(0).matches("\\d{4} models, \\d{4} refused"), told.get(0));
  }

  @Test
  void sameSeedGivesTheSameModels() throws IOException {
    Path source = FuzzCorpus.sources(1).get(0);
    for (String mutation : FuzzCorpus.mutations()) {
      if (!mutation.contains("many")) {
        assertEquals(
            java.util.Arrays.hashCode(FuzzCorpus.broken(source, mutation, SEED)),
            java.util.Arrays.hashCode(FuzzCorpus.broken(source, mutation, SEED)),
            mutation);
      }
    }
    try (var left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }
}
