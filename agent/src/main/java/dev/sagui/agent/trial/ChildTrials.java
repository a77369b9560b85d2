/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Trials in a child process of this JVM's kind: a crash of the native runtime, a model that never
 * ends and the kernel's hunt for memory take the child and not the server. Its data segment is
 * capped by {@code ulimit -d}, and it offers itself first to the OOM killer.
 */
public final class ChildTrials implements Trials {
  /** Exit code of a JVM whose heap is full, with ExitOnOutOfMemoryError. */
  private static final int HEAP_FULL = 3;

  private static final int SIGNAL = 128;
  private static final int SIGKILL = 9;

  /** What a JVM without a model may take beside the model's budget. */
  private static final long JVM_BYTES = 192L << 20;

  private final Path folder;
  private final Path nativeFolder;
  private final Duration limit;
  private final LongSupplier nanoClock;

  /**
   * @param folder of the trial's files, made if need be
   * @param nativeFolder where the runtime's library was unpacked
   * @param limit after which a trial is ended
   */
  public ChildTrials(Path folder, Path nativeFolder, Duration limit, LongSupplier nanoClock) {
    this.folder = folder;
    this.nativeFolder = nativeFolder;
    this.limit = limit;
    this.nanoClock = nanoClock;
  }

  @Override
  public Attempt begin(Candidate candidate) throws IOException, UnavailableException {
    Path said = Files.createDirectories(folder).resolve("outcome");
    Path asked = folder.resolve("candidate");
    Files.deleteIfExists(said);
    Files.write(asked, candidate.encode());
    ProcessBuilder builder =
        new ProcessBuilder(command(candidate.ramBudgetBytes() + JVM_BYTES))
            .redirectInput(asked.toFile())
            .redirectOutput(said.toFile())
            .redirectError(folder.resolve("log").toFile());
    builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    try {
      return new Child(builder.start(), said, nanoClock.getAsLong());
    } catch (IOException e) {
      throw new UnavailableException("no process for a trial: " + e.getMessage(), e);
    }
  }

  private List<String> command(long dataBytes) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("sh", "-c", "ulimit -c 0; ulimit -d \"$0\"; exec \"$@\""));
    command.add(Long.toString(dataBytes / 1024));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("-XX:SharedArchiveFile="))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Xms8m",
            "-Xmx96m",
            "-Xss512k",
            "-XX:ReservedCodeCacheSize=24m",
            "-XX:CompressedClassSpaceSize=32m",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:ErrorFile=" + folder.resolve("hs_err.log"),
            "-cp",
            System.getProperty("java.class.path"),
            TrialMain.class.getName(),
            nativeFolder.toString()));
    return command;
  }

  private final class Child implements Attempt {
    private final Process process;
    private final Path said;
    private final long startedNanos;

    Child(Process process, Path said, long startedNanos) {
      this.process = process;
      this.said = said;
      this.startedNanos = startedNanos;
    }

    @Override
    public Optional<Outcome> outcome() throws IOException {
      if (!process.isAlive()) {
        return Optional.of(ended(process.exitValue()));
      }
      if (nanoClock.getAsLong() - startedNanos < limit.toNanos()) {
        return Optional.empty();
      }
      abandon();
      return Optional.of(
          crashed(
              FailureCode.TOO_SLOW, "its trial did not end in %d s".formatted(limit.toSeconds())));
    }

    private Outcome ended(int exit) throws IOException {
      if (exit == 0) {
        try {
          return Outcome.parse(Files.readAllBytes(said));
        } catch (RejectedException e) {
          return crashed(FailureCode.MODEL_CRASHED, "its trial ended without a word");
        }
      }
      if (exit == HEAP_FULL || exit == SIGNAL + SIGKILL) {
        return crashed(
            FailureCode.OVER_RAM_BUDGET,
            "its trial ran out of memory (%s)".formatted(manner(exit)));
      }
      return crashed(
          FailureCode.MODEL_CRASHED,
          "it took the process of its trial down (%s)".formatted(manner(exit)));
    }

    private String manner(int exit) {
      return exit > SIGNAL ? "signal " + (exit - SIGNAL) : "exit code " + exit;
    }

    private Outcome crashed(FailureCode code, String message) {
      return Outcome.crashed(new Reported.Failure(code, message));
    }

    @Override
    public void abandon() {
      process.destroyForcibly();
    }
  }
}
