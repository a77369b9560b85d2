/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A process from its making to its end.
 *
 * @param anonymousBytes the most that was seen, looked at every 2 ms
 * @param residentBytes likewise, mapped files included
 */
record MeasuredRun(Duration wall, long anonymousBytes, long residentBytes) {
  private static final long LOOK_MILLIS = 2;
  private static final Memory NOTHING = new Memory(0, 0);

  /**
   * @throws BenchException when it ends badly
   */
  static MeasuredRun of(String name, List<String> command, Path log) {
    long start = System.nanoTime();
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
    builder.redirectOutput(log.toFile());
    try {
      Process process = builder.start();
      try {
        Memory peak = NOTHING;
        while (process.isAlive()) {
          peak = peak.most(look(process));
          Thread.sleep(LOOK_MILLIS);
        }
        Duration wall = Duration.ofNanos(System.nanoTime() - start);
        if (process.exitValue() != 0) {
          throw new BenchException(
              "%s ended with %d, see %s".formatted(name, process.exitValue(), log));
        }
        return new MeasuredRun(wall, peak.anonymousBytes(), peak.residentBytes());
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new BenchException("%s could not be run: %s".formatted(name, e.getMessage()));
    } catch (InterruptedException e) {
      throw BenchException.interrupted(e);
    }
  }

  private static Memory look(Process process) {
    try {
      return Memory.of(process.pid());
    } catch (BenchException | java.io.UncheckedIOException e) {
      return NOTHING; // it ends at this moment
    }
  }
}
