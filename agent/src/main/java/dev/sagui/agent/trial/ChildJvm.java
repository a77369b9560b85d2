/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.trial;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A child process of this JVM's kind: a crash of the native runtime, a model that never ends and
 * the kernel's hunt for memory take the child and not the server. Its data segment is capped by
 * {@code ulimit -d}.
 *
 * @param what it is, for messages: a trial
 */
public record ChildJvm(Process process, Path said, String what, Optional<Freezer> freezer) {
  /** Exit code of a JVM whose heap is full, with ExitOnOutOfMemoryError. */
  private static final int HEAP_FULL = 3;

  private static final int SIGNAL = 128;
  private static final int SIGKILL = 9;

  private static final int MAX_ANSWER_BYTES = 64 << 10;

  /** What a JVM without a model may take beside the model's budget. */
  private static final long JVM_BYTES = 192L << 20;

  private static final String LIMITS = "ulimit -c 0; ulimit -d \"$0\"; ";

  /** Where the system does not know SCHED_IDLE, the lowest priority; where not that, none. */
  private static final String YIELDS =
      "chrt -i -p 0 $$ >/dev/null 2>&1 || renice -n 19 -p $$ >/dev/null 2>&1; ";

  /**
   * Starts it.
   *
   * @param asked its input
   * @param modelBytes of memory that models may take
   * @throws UnavailableException there is no process for it now
   */
  public static ChildJvm start(Program program, Folders folders, byte[] asked, long modelBytes)
      throws IOException, UnavailableException {
    Path folder = Files.createDirectories(folders.work);
    Path said = folder.resolve("outcome");
    Path input = folder.resolve("candidate");
    Files.deleteIfExists(said);
    Files.write(input, asked);
    ProcessBuilder builder =
        new ProcessBuilder(command(program, folders, modelBytes + JVM_BYTES))
            .redirectInput(input.toFile())
            .redirectOutput(said.toFile())
            .redirectError(folder.resolve("log").toFile());
    builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    try {
      Process process = builder.start();
      return new ChildJvm(process, said, program.what, freezer(program, process));
    } catch (IOException e) {
      throw new UnavailableException(
          "no process for a %s: %s".formatted(program.what, e.getMessage()), e);
    }
  }

  private static Optional<Freezer> freezer(Program program, Process process) throws IOException {
    try {
      return program.yields ? Optional.of(Freezer.of(process)) : Optional.empty();
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /**
   * What runs in it.
   *
   * @param what it is, for messages
   * @param main class that gets the folder of the native library as its argument
   * @param yields whether it runs only while no other process wants the processor (SCHED_IDLE of
   *     sched(7)), from the JVM's first instruction to the last page that its end gives back, and
   *     can be stopped where it is
   */
  public record Program(String what, Class<?> main, boolean yields) {}

  /**
   * Where a child works.
   *
   * @param work of its files, made if need be
   * @param natives where the runtime's library was unpacked
   */
  public record Folders(Path work, Path natives) {}

  private static List<String> command(Program program, Folders folders, long dataBytes) {
    String prelude = program.yields ? LIMITS + YIELDS : LIMITS;
    List<String> command = new ArrayList<>(List.of("sh", "-c", prelude + "exec \"$@\""));
    command.add(Long.toString(dataBytes / 1024));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("-XX:SharedArchiveFile="))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xlog:disable", // a warning, of a stale class archive say, would stand in the answer
            "-XX:+UseSerialGC",
            "-Xms8m",
            "-Xmx96m",
            "-Xss512k",
            "-XX:ReservedCodeCacheSize=24m",
            "-XX:CompressedClassSpaceSize=32m",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:ArchiveRelocationMode=0",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:ErrorFile=" + folders.work.resolve("hs_err.log"),
            "-XX:-DumpReplayDataOnError", // it would lie where the agent was started
            "-cp",
            System.getProperty("java.class.path"),
            program.main.getName(),
            folders.natives.toString()));
    return command;
  }

  /** What it said, once it has ended well; cut, for a model may write what it likes. */
  private byte[] answer() throws IOException {
    try (InputStream answer = Files.newInputStream(said)) {
      return answer.readNBytes(MAX_ANSWER_BYTES);
    }
  }

  /** What took it down, once it has ended; empty when it ended well. */
  private Optional<Reported.Failure> fault() {
    int exit = process.exitValue();
    if (exit == 0) {
      return Optional.empty();
    }
    String manner = exit > SIGNAL ? "signal " + (exit - SIGNAL) : "exit code " + exit;
    boolean memory = exit == HEAP_FULL || exit == SIGNAL + SIGKILL;
    return Optional.of(
        memory
            ? new Reported.Failure(
                FailureCode.OVER_RAM_BUDGET,
                "its %s ran out of memory (%s)".formatted(what, manner))
            : new Reported.Failure(
                FailureCode.MODEL_CRASHED,
                "it took the process of its %s down (%s)".formatted(what, manner)));
  }

  /** What came of a child: what it said when it ended well, else what took it down. */
  public record End(Optional<byte[]> said, Optional<Reported.Failure> failure) {}

  /**
   * What came of it, once it has ended or must: it is killed when it is late.
   *
   * @param late what to tell then
   */
  public Optional<End> end(boolean isLate, String late) throws IOException {
    if (!process.isAlive()) {
      Optional<Reported.Failure> fault = fault();
      return Optional.of(
          new End(fault.isPresent() ? Optional.empty() : Optional.of(answer()), fault));
    }
    if (!isLate) {
      return Optional.empty();
    }
    kill();
    Reported.Failure slow = new Reported.Failure(FailureCode.TOO_SLOW, late);
    return Optional.of(new End(Optional.empty(), Optional.of(slow)));
  }

  /**
   * Lets it run no further, if it has not ended; any thread may. It keeps its memory until it is
   * killed, or the kernel needs that and takes it, as the first of all.
   */
  public void freeze() {
    try {
      if (freezer.isPresent() && process.isAlive()) {
        freezer.get().freeze();
        return;
      }
    } catch (IOException e) {
      // somebody ended the shell
    }
    kill();
  }

  /** Ends it at once, if it has not; any thread may. */
  public void kill() {
    process.destroyForcibly();
    freezer.ifPresent(Freezer::close);
  }
}
