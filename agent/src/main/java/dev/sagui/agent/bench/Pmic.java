/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The power chip of a Raspberry Pi 5, as the firmware's tool tells: watts of all rails that it
 * measures, which are most of the board but not what hangs on its USB ports.
 *
 * @param tool {@code vcgencmd}; other boards have none, or one that knows no such command
 */
record Pmic(Path tool) {
  private static final Pattern LINE =
      Pattern.compile("\\s*(\\w+)_([AV]) (?:current|volt)\\(\\d+\\)=([0-9.]+)[AV]");

  private static final long PATIENCE_MILLIS = 500;

  OptionalDouble watts() {
    if (!Files.isExecutable(tool)) {
      return OptionalDouble.empty();
    }
    try {
      Process process = new ProcessBuilder(tool.toString(), "pmic_read_adc").start();
      try {
        boolean ended = process.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        byte[] said = ended ? process.getInputStream().readAllBytes() : new byte[0];
        return watts(new String(said, StandardCharsets.US_ASCII));
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return OptionalDouble.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalDouble.empty();
    }
  }

  /** Amperes times volts of each rail, from lines like {@code VDD_CORE_A current(7)=0.81A}. */
  static OptionalDouble watts(String said) {
    Map<String, Double> amperes = new HashMap<>();
    Map<String, Double> volts = new HashMap<>();
    said.lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .forEach(
            line ->
                (line.group(2).equals("A") ? amperes : volts)
                    .put(line.group(1), Double.parseDouble(line.group(3))));
    amperes.keySet().retainAll(volts.keySet());
    return amperes.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            amperes.entrySet().stream()
                .mapToDouble(rail -> rail.getValue() * volts.getOrDefault(rail.getKey(), 0.0))
                .sum());
  }
}
