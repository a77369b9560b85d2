/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.onnx.ModelFacts;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Measures a model's peak memory in a process of its own: how far loading it and one run lift the
 * largest resident set over that of the same process before.
 */
public final class MemoryProbe {
  private static final int TIMEOUT_SECONDS = 120;

  private MemoryProbe() {}

  /**
   * Bytes; empty where the system does not tell (no {@code /proc}), or the process did not end
   * well.
   *
   * @param data inputs by name, as {@link Samples} takes them
   */
  public static OptionalLong peakBytes(Path model, Map<String, DataSpec> data) throws IOException {
    if (!Files.exists(Path.of("/proc/self/status"))) {
      return OptionalLong.empty();
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryProbe.class.getName(),
                model.toString()));
    data.forEach((name, spec) -> command.add(name + "=" + spec));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return parse(builder.start());
  }

  private static OptionalLong parse(Process process) throws IOException {
    try {
      String told =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0 && told.matches("\\d+")
          ? OptionalLong.of(Long.parseLong(told))
          : OptionalLong.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    } finally {
      process.destroyForcibly();
    }
  }

  /** The child process: prints the bytes. */
  public static void main(String[] args) throws IOException {
    OnnxModel model = OnnxModel.open(Path.of(args[0]));
    ModelFacts facts = model.facts();
    Map<String, DataSpec> data = new LinkedHashMap<>();
    for (int i = 1; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      data.put(args[i].substring(0, equals), DataSpec.parse(args[i].substring(equals + 1)));
    }
    Samples samples = Samples.of(facts, data);
    OrtModel.runtimeVersion();
    long before = kilobytes("VmRSS:");
    try (OrtModel session = OrtModel.open(model.file(), 1)) {
      session.run(samples.first(1));
    }
    System.out.println(Math.max(0, kilobytes("VmHWM:") - before) << 10);
  }

  private static long kilobytes(String key) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(key))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
