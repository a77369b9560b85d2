/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import dev.sagui.device.ProfileMatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the system tells of the machine that this process runs on. */
public final class ThisMachine {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Path BOARD = Path.of("/proc/device-tree/model");

  private ThisMachine() {}

  static ProfileMatch.Machine read() {
    return new ProfileMatch.Machine(board(), architecture(), isaFlags(), memory("MemTotal"));
  }

  /** {@code aarch64} or {@code amd64}. */
  public static String architecture() {
    return System.getProperty("os.arch");
  }

  /** CPU flags as the kernel spells them; empty where it does not tell. */
  public static List<String> isaFlags() {
    return lines(CPU).stream()
        .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
        .findFirst()
        .map(line -> List.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+")))
        .orElse(List.of());
  }

  /** Bytes under a key of {@code /proc/meminfo}; 0 where it is not told. */
  public static long memory(String key) {
    Optional<String> line = lines(MEMORY).stream().filter(l -> l.startsWith(key + ":")).findFirst();
    return line.map(l -> Long.parseLong(l.replaceAll("\\D", "")) * 1024).orElse(0L);
  }

  /** Ends with a zero byte in the file. */
  private static String board() {
    return lines(BOARD).stream().findFirst().map(line -> line.replace("\0", "").strip()).orElse("");
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of(); // no such file on this system
    }
  }
}
