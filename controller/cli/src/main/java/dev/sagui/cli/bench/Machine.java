/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a benchmark ran.
 *
 * @param cpu the CPU's model as the kernel names it
 * @param cores CPUs that this process may use
 * @param isaFlags the flags that matter to kernels, those that the CPU has
 * @param versions of the programs measured, one word each: {@code JDK 17.0.15}
 */
record Machine(
    LocalDate date, String cpu, int cores, List<String> isaFlags, List<String> versions) {
  private static final List<String> TOLD =
      List.of("avx2", "avx512f", "avx512_vnni", "avx_vnni", "asimddp", "i8mm", "sha_ni");
  private static final Pattern MODEL = Pattern.compile("(?m)^(?:model name|Model)\\s*:\\s*(.+)$");
  private static final Pattern FLAGS = Pattern.compile("(?m)^(?:flags|Features)\\s*:\\s*(.+)$");

  Machine {
    isaFlags = List.copyOf(isaFlags);
    versions = List.copyOf(versions);
  }

  /** This machine, today. */
  static Machine here(LocalDate today, List<String> versions) {
    try {
      String cpuinfo = Files.readString(Path.of("/proc/cpuinfo"));
      return parse(cpuinfo, today, Runtime.getRuntime().availableProcessors(), versions);
    } catch (IOException e) {
      throw new UncheckedIOException("reading /proc/cpuinfo failed: " + e.getMessage(), e);
    }
  }

  static Machine parse(String cpuinfo, LocalDate date, int cores, List<String> versions) {
    Set<String> flags = Set.of(first(FLAGS, cpuinfo).split("\\s+", -1));
    Stream<String> told = TOLD.stream().filter(flags::contains);
    return new Machine(date, first(MODEL, cpuinfo), cores, told.toList(), versions);
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1).strip() : "unknown";
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Date: " + date);
    lines.add("CPU: %s, %d cores, %s".formatted(cpu, cores, String.join(" ", isaFlags)));
    lines.add("Versions: " + String.join(", ", versions));
    return lines;
  }
}
