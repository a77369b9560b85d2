/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One of several limits of a row.
 *
 * @param text the limit with its unit
 */
record Goal(String text, boolean met) {
  /** Met by {@code value} or less, as {@code format} shows both. */
  static Goal atMost(double value, double limit, String format) {
    boolean same = shown(format, value).equals(shown(format, limit));
    return new Goal("≤ " + shown(format, limit), same || value < limit);
  }

  /** Met by {@code value} or more, as {@code format} shows both; never by NaN. */
  static Goal atLeast(double value, double limit, String format) {
    boolean same = shown(format, value).equals(shown(format, limit));
    return new Goal("≥ " + shown(format, limit), same || value > limit);
  }

  private static String shown(String format, double number) {
    return String.format(Locale.ROOT, format, number);
  }

  /** As the table shows it. */
  String verdict() {
    return text + (met ? ", met" : ", **missed**");
  }

  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("target", text);
    map.put("met", met);
    return map;
  }
}
