/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's commands do what they say. */
class ReadmeIT {
  private static final Path README = Path.of("../../README.md");
  private static final Path MODEL = Path.of("../../deploy/demo/models/fashion-vae-decoder.onnx");
  private static final List<String> LAUNCHERS = List.of("controller", "agent", "test");

  @TempDir Path folder;

  @Test
  void commandsOnAModelRunInTheOrderOfTheReadme() throws IOException {
    Files.copy(MODEL, folder.resolve("model.onnx"));
    Files.writeString(
        folder.resolve("small.yaml"),
        "steps: [prune: {structured: 0.4}, finetune: {steps: 4}, quantize: {weights: int8}]");
    List<String[]> commands =
        commands().filter(c -> c[0].matches("inspect|compress|compare")).toList();
    assertEquals(7, commands.size());
    for (String[] command : commands) {
      StringWriter err = new StringWriter();
      String[] here =
          Arrays.stream(command)
              .map(word -> word.matches("(model|small).*") ? folder.resolve(word).toString() : word)
              .toArray(String[]::new);
      int code = Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err), here);
      assertEquals(0, code, String.join(" ", command) + ": " + err);
    }
  }

  @Test
  void everyOtherCommandIsOneThatTheCliUnderstands() throws IOException {
    List<String[]> commands = commands().filter(c -> !LAUNCHERS.contains(c[0])).toList();
    assertTrue(commands.size() > 5);
    for (String[] command : commands) {
      assertDoesNotThrow(() -> Main.commandLine().parseArgs(command), String.join(" ", command));
    }
  }

  private static Stream<String[]> commands() throws IOException {
    return Files.readAllLines(README).stream()
        .filter(line -> line.matches("([A-Z_]+=\\S+ )?\\./sagui .*"))
        .map(line -> line.replaceFirst("^.*?\\./sagui ", "").replaceFirst(" +#.*", "").strip())
        .map(line -> line.split(" +"));
  }
}
