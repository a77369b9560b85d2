/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.config.Settings;
import dev.sagui.wire.DeviceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads what this machine is from {@code /proc}. */
final class DeviceFacts {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");

  private DeviceFacts() {}

  static DeviceState.Facts read(
      Settings settings, String runtimeVersion, String agentVersion, String serveUrl, long free) {
    return new DeviceState.Facts(
        settings.profile().name(),
        System.getProperty("os.arch"),
        isaFlags(),
        Runtime.getRuntime().availableProcessors(),
        memory("MemTotal"),
        memory("MemAvailable"),
        free,
        runtimeVersion,
        agentVersion,
        settings.bench().enabled(),
        serveUrl,
        settings.labels());
  }

  /** CPU flags as the kernel spells them; empty where it does not tell. */
  private static List<String> isaFlags() {
    return lines(CPU).stream()
        .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
        .findFirst()
        .map(line -> List.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+")))
        .orElse(List.of());
  }

  /** Memory that the system could give away now; without an end where it does not tell. */
  static long availableBytes() {
    long bytes = memory("MemAvailable");
    return bytes > 0 ? bytes : Long.MAX_VALUE;
  }

  private static long memory(String key) {
    Optional<String> line = lines(MEMORY).stream().filter(l -> l.startsWith(key + ":")).findFirst();
    return line.map(l -> Long.parseLong(l.replaceAll("\\D", "")) * 1024).orElse(0L);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of(); // no such file on this system
    }
  }
}
