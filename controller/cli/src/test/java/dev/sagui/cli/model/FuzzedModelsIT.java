/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.fuzz.FuzzCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Broken models given to the command as a user gives them, each to a process of its own. */
@Tag("slow")
class FuzzedModelsIT {
  private static final int SEED = 11;
  private static final int ONNX_TESTS = 8;

  /** A comparison measures for seconds: one mutation in so many. */
  private static final int SOME = 4;

  private static final int INPUT_FILES = 3;

  /** In lines that ONNX Runtime itself writes to the standard error. */
  private static final String RUNTIME_LOG = ":onnxruntime:";

  private static final Path JAR = Path.of("target/sagui-cli.jar");

  @TempDir Path folder;

  private record Ended(int code, String out, String err) {}

  @ParameterizedTest
  @ValueSource(strings = {"inspect", "compress", "compare"})
  void brokenModelsAreDoneOrRefusedInOneSentence(String verb) throws Exception {
    assertTrue(Files.exists(JAR), "no " + JAR.toAbsolutePath() + "; run this in 'mvn verify'");
    List<Path> sources = FuzzCorpus.sources(ONNX_TESTS);
    List<String> faults = new ArrayList<>();
    int number = 0;
    for (String mutation : FuzzCorpus.mutations()) {
      if (verb.equals("compare") && number % SOME != 0) {
        number++;
        continue;
      }
      Path source = sources.get(number % sources.size());
      Path inputs = Files.createDirectory(folder.resolve("in" + number++));
      Path model = FuzzCorpus.write(source, mutation, SEED, inputs);
      Ended ended = run(verb, model);
      String fault = fault(ended, inputs);
      if (!fault.isEmpty()) {
        faults.add("%s of %s: %s: %s".formatted(mutation, source, fault, ended));
      }
    }
    assertEquals(List.of(), faults);
  }

  private static String fault(Ended ended, Path inputs) throws IOException {
    if (ended.code() == 0) {
      return ended.err().contains("\tat ") ? "a stack trace" : "";
    }
    if (ended.code() != 2) {
      return "exit " + ended.code();
    }
    try (Stream<Path> files = Files.list(inputs)) {
      if (files.count() != INPUT_FILES || !ended.out().isEmpty()) {
        return "something left behind";
      }
    }
    List<String> said = ended.err().lines().filter(line -> !line.contains(RUNTIME_LOG)).toList();
    return said.size() == 1 && said.get(0).startsWith("sagui: ") ? "" : "no single sentence";
  }

  private Ended run(String verb, Path model) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString(),
                verb,
                model.toString(),
                "--quiet"));
    switch (verb) {
      case "compress" ->
          command.addAll(List.of("--fold", "--out", model.resolveSibling("out").toString()));
      case "compare" -> command.add(model.toString());
      default -> command.add("--json");
    }
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    boolean ended = process.waitFor(2, TimeUnit.MINUTES);
    process.destroyForcibly();
    return new Ended(
        ended ? process.exitValue() : -1, Files.readString(out), Files.readString(err));
  }
}
