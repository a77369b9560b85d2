/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.demo;

import dev.sagui.failure.UnavailableException;
import dev.sagui.json.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The controller or an agent as a process of its own, started by the launcher as a user would start
 * it. Closing it ends the process.
 */
final class Program implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);

  private final Process process;
  private final Path ready;
  private final Path log;

  private Program(Process process, Path ready, Path log) {
    this.process = process;
    this.ready = ready;
    this.log = log;
  }

  /**
   * Starts {@code sagui verb --config FILE}.
   *
   * @param home the program's {@code sagui.home}; its ready file and log lie there
   */
  static Program start(Path launcher, String verb, Path home, Map<String, String> config)
      throws IOException {
    Files.createDirectories(home);
    Path ready = home.resolve(verb + ".json");
    Files.deleteIfExists(ready);
    Path properties = home.resolve(verb + ".properties");
    String lines =
        new TreeMap<>(config)
            .entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("\n", "sagui.home=" + home + "\n", "\n"));
    Files.writeString(properties, lines);
    Path log = home.resolve(verb + ".log");
    Process process =
        new ProcessBuilder(launcher.toString(), verb, "--config", properties.toString())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new Program(process, ready, log);
  }

  /**
   * What the program wrote of itself when it was ready.
   *
   * @throws UnavailableException it ended, or was not ready in time; with the end of its log
   */
  Fields awaitReady(Duration limit) throws IOException, UnavailableException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!Files.exists(ready)) {
      if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new UnavailableException("it ended with exit code " + process.exitValue() + tail());
      }
      if (System.nanoTime() > deadline) {
        throw new UnavailableException(
            "it was not ready after " + limit.toSeconds() + " s" + tail());
      }
    }
    return Fields.parse(Files.readAllBytes(ready));
  }

  long pid() {
    return process.pid();
  }

  /** SIGKILL: the process gets no chance to tidy up. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private String tail() throws IOException {
    List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
    int from = Math.max(0, lines.size() - 15);
    return "; the end of " + log + ":\n" + String.join("\n", lines.subList(from, lines.size()));
  }
}
