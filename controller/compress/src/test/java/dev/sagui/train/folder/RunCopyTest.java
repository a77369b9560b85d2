/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCopyTest {
  @TempDir Path folder;

  @Test
  void copiesWhatIsWholeAndLeavesLockAndHalvesBehind() throws IOException {
    Path from = run("from", RunFolder.RECIPE, RunFolder.LOCK, "curves.csv", "best.onnx.part");
    Files.createDirectory(from.resolve(RunFolder.SAMPLES));
    Files.writeString(from.resolve(RunFolder.SAMPLES).resolve("step-000001.txt"), "hello");
    RunCopy.copy(from, folder.resolve("to"));
    assertEquals(
        List.of("curves.csv", "recipe.yaml", "samples/step-000001.txt"),
        files(folder.resolve("to")));
  }

  @Test
  void copiesNothingThatCannotBeGoneOnFrom() throws IOException {
    RunCopy.copy(run("from", "versions.json"), folder.resolve("to"));
    assertFalse(Files.exists(folder.resolve("to")));
  }

  @Test
  void leavesWhatALaterOneHasAsItIs() throws IOException {
    Path to = run("to", "later");
    RunCopy.copy(run("from", RunFolder.RECIPE), to);
    assertEquals(List.of("later"), files(to));
  }

  private Path run(String name, String... files) throws IOException {
    Path run = Files.createDirectory(folder.resolve(name));
    for (String file : files) {
      Files.writeString(run.resolve(file), file);
    }
    return run;
  }

  private static List<String> files(Path run) throws IOException {
    try (Stream<Path> all = Files.walk(run)) {
      return all.filter(Files::isRegularFile)
          .map(file -> run.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
