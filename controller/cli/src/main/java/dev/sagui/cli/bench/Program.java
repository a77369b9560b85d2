/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A child process that is measured from outside; closing ends it, and so does this JVM's end. */
final class Program implements AutoCloseable {
  private final String name;
  private final Process process;
  private final Path log;
  private final Thread atExit;

  private Program(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.atExit = new Thread(process::destroyForcibly, "bench-end");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Starts it with its output in {@code log}. */
  static Program start(String name, List<String> command, Map<String, String> env, Path log) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(env);
    builder.redirectOutput(ProcessBuilder.Redirect.to(log.toFile()));
    try {
      return new Program(name, builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException("starting " + name + " failed: " + e.getMessage(), e);
    }
  }

  /** Runs it to its end and returns its output. */
  static String run(String name, List<String> command, Duration limit, Path log) {
    try (Program program = start(name, command, Map.of(), log)) {
      if (!program.process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new BenchException("%s did not end in %d s".formatted(name, limit.toSeconds()));
      }
      if (program.process.exitValue() != 0) {
        throw new BenchException(
            "%s ended with %d: %s".formatted(name, program.process.exitValue(), program.tail()));
      }
      return Files.readString(log);
    } catch (InterruptedException e) {
      throw BenchException.interrupted(e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + log + " failed: " + e.getMessage(), e);
    }
  }

  long pid() {
    return process.pid();
  }

  /**
   * @throws BenchException with the end of its log, when it has ended
   */
  void requireAlive() {
    if (!process.isAlive()) {
      throw new BenchException("%s ended with %d: %s".formatted(name, process.exitValue(), tail()));
    }
  }

  /** Ends it as the kernel does: at once, whatever it is at. */
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      throw BenchException.interrupted(e);
    }
  }

  Memory memory() {
    return Memory.of(pid());
  }

  /** User and system time since its start. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** What it said last, without the frames of stacks. */
  private String tail() {
    try {
      List<String> lines =
          Files.readAllLines(log).stream().filter(line -> !line.startsWith("\tat ")).toList();
      return String.join(" / ", lines.subList(Math.max(0, lines.size() - 4), lines.size()));
    } catch (IOException e) {
      return "its log could not be read: " + e.getMessage();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(8, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    forget();
  }

  private void forget() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException alreadyEnding) {
      process.destroyForcibly();
    }
  }
}
