/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resident memory of a process, as {@code /proc/PID/status} has it.
 *
 * @param residentBytes VmRSS, mapped files included
 * @param anonymousBytes RssAnon
 */
record Memory(long residentBytes, long anonymousBytes) {
  static Memory of(long pid) {
    try {
      return parse(Files.readString(Path.of("/proc/" + pid + "/status")));
    } catch (IOException e) {
      throw new UncheckedIOException("memory of process %d: %s".formatted(pid, e.getMessage()), e);
    }
  }

  /** The most that a process has held resident, VmHWM. */
  static long ofPeak(long pid) {
    try {
      return bytes("VmHWM", Files.readString(Path.of("/proc/" + pid + "/status")));
    } catch (IOException e) {
      throw new UncheckedIOException("memory of process %d: %s".formatted(pid, e.getMessage()), e);
    }
  }

  static Memory parse(String status) {
    return new Memory(bytes("VmRSS", status), bytes("RssAnon", status));
  }

  private static long bytes(String key, String status) {
    Matcher matcher = Pattern.compile("(?m)^" + key + ":\\s*(\\d+) kB$").matcher(status);
    if (!matcher.find()) {
      throw new BenchException("the process has no " + key + "; it has ended");
    }
    return Long.parseLong(matcher.group(1)) * 1024;
  }

  /** The larger of each of both. */
  Memory most(Memory other) {
    return new Memory(
        Math.max(residentBytes, other.residentBytes),
        Math.max(anonymousBytes, other.anonymousBytes));
  }

  double residentMegabytes() {
    return residentBytes / 1e6;
  }

  double anonymousMegabytes() {
    return anonymousBytes / 1e6;
  }
}
