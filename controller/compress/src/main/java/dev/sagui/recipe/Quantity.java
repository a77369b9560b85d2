/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts as people write them: {@code 2MB}, {@code 64MiB}, {@code 20ms}, {@code 35}. */
public final class Quantity {
  private static final Pattern SYNTAX = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*)");

  // spotless:off
  private static final Map<String, Double> BYTES =
      Map.of("", 1.0, "b", 1.0, "kb", 1e3, "mb", 1e6, "gb", 1e9,
             "kib", 0x1p10, "mib", 0x1p20, "gib", 0x1p30);
  // spotless:on
  private static final Map<String, Double> MILLISECONDS =
      Map.of("", 1.0, "ms", 1.0, "s", 1e3, "us", 1e-3);
  private static final Map<String, Double> PLAIN = Map.of("", 1.0, "db", 1.0);

  private Quantity() {}

  /**
   * Reads {@code flash=2MB,ram=64MB}.
   *
   * @param known the names that may stand there
   * @throws RejectedException BAD_REQUEST, saying what was expected
   */
  public static List<Gate> gates(String text, List<String> known) {
    List<Gate> gates = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals).strip();
      if (equals < 0 || !known.contains(name)) {
        throw bad("expected NAME=LIMIT with a name of %s, got '%s'".formatted(known, part));
      }
      gates.add(gate(name, part.substring(equals + 1)));
    }
    return gates;
  }

  /** A gate, its limit in the unit that its name asks for; {@code bytes} is flash. */
  static Gate gate(String name, String limit) {
    Map<String, Double> units =
        switch (name) {
          case "flash", "ram", "bytes" -> BYTES;
          case "p95" -> MILLISECONDS;
          default -> PLAIN;
        };
    return new Gate(name.equals("bytes") ? "flash" : name, parse(limit.strip(), units, name));
  }

  /**
   * Reads {@code 20MB}.
   *
   * @param name for people
   * @throws RejectedException BAD_REQUEST, saying what was expected
   */
  public static long bytes(String name, String text) {
    return (long) parse(text.strip(), BYTES, name);
  }

  /** Bytes as people read them, in powers of ten. */
  public static String size(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    if (bytes < 1_000_000) {
      return String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
    }
    return bytes < 1_000_000_000
        ? String.format(Locale.ROOT, "%.2f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
  }

  private static double parse(String text, Map<String, Double> units, String name) {
    Matcher matcher = SYNTAX.matcher(text);
    if (matcher.matches()) {
      Double factor = units.get(matcher.group(2).toLowerCase(java.util.Locale.ROOT));
      if (factor != null) {
        return Double.parseDouble(matcher.group(1)) * factor;
      }
    }
    throw bad(
        "expected a number for %s with a unit of %s, got '%s'"
            .formatted(
                name, units.keySet().stream().filter(u -> !u.isEmpty()).sorted().toList(), text));
  }

  private static RejectedException bad(String what) {
    return new RejectedException(FailureCode.BAD_REQUEST, what);
  }
}
