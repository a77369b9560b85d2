/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A child process that trains a net and is asked line by line for steps. */
final class Stepper implements AutoCloseable {
  private final String name;
  private final Process process;
  private final Path log;
  private final Writer to;
  private final BufferedReader from;
  private final List<Double> seconds = new ArrayList<>();
  private double cpuSeconds;

  private Stepper(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.to = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    this.from =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static Stepper start(String name, List<String> command, Path log) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
    builder.redirectError(log.toFile());
    try {
      return new Stepper(name, builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException("starting " + name + " failed: " + e.getMessage(), e);
    }
  }

  private String ask(String request) {
    try {
      to.write(request + "\n");
      to.flush();
      String answer = from.readLine();
      if (answer == null) {
        throw new BenchException("%s ended, see %s".formatted(name, log));
      }
      return answer;
    } catch (IOException e) {
      throw new BenchException("%s ended, see %s: %s".formatted(name, log, e.getMessage()), e);
    }
  }

  /** Lets the next {@link #steps} count from here: the first ones warm up. */
  void warm(int count) {
    steps(count);
    seconds.clear();
  }

  void steps(int count) {
    String[] answer = ask("steps " + count).split(" ", 2);
    Arrays.stream(answer[0].split(",", -1)).map(Double::valueOf).forEach(seconds::add);
    cpuSeconds = Double.parseDouble(answer[1]);
  }

  /** The 10th percentile of a step. */
  double p10Millis() {
    List<Double> sorted = seconds.stream().sorted().toList();
    return 1e3 * sorted.get(sorted.size() / 10);
  }

  /** CPU time of the whole process so far. */
  double cpuSeconds() {
    return cpuSeconds;
  }

  long peakBytes() {
    return Long.parseLong(ask("memory"));
  }

  void gradient(Path file) {
    ask("gradient " + file);
  }

  /** The gradient in float64, rounded once. */
  void truth(Path file) {
    ask("truth " + file);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
