/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One line of a benchmark's table.
 *
 * @param what what was measured, with its unit
 * @param ours our number as it is shown
 * @param peer the peer's number as it is shown; {@value #NONE} if it was not run
 * @param ratio ours to the peer's
 * @param limit the ratio that should not be exceeded
 */
record Row(String what, String ours, String peer, OptionalDouble ratio, OptionalDouble limit) {
  static final String NONE = "–";

  /** A number that has no peer. */
  static Row alone(String what, String ours) {
    return new Row(what, ours, NONE, OptionalDouble.empty(), OptionalDouble.empty());
  }

  /** Something that could not be measured, and why. */
  static Row failed(String what, String reason) {
    return alone(what, "not measured: " + reason.replace('\n', ' ').replace('|', '/'));
  }

  /** Both numbers in one unit, shown by {@code format}; the peer may not have been run. */
  static Row beside(String what, String format, double ours, OptionalDouble peer) {
    return new Row(
        what,
        String.format(Locale.ROOT, format, ours),
        peer.isPresent() ? String.format(Locale.ROOT, format, peer.getAsDouble()) : NONE,
        peer.isPresent() ? OptionalDouble.of(ours / peer.getAsDouble()) : OptionalDouble.empty(),
        OptionalDouble.empty());
  }

  Row atMost(double wantedRatio) {
    return new Row(what, ours, peer, ratio, OptionalDouble.of(wantedRatio));
  }

  boolean missed() {
    return ratio.isPresent() && limit.isPresent() && ratio.getAsDouble() > limit.getAsDouble();
  }

  String ratioText() {
    return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "";
  }

  String targetText() {
    if (limit.isEmpty()) {
      return "";
    }
    String wanted = String.format(Locale.ROOT, "≤ %.1f", limit.getAsDouble());
    if (ratio.isEmpty()) {
      return wanted;
    }
    return wanted + (missed() ? ", **missed**" : ", met");
  }

  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("what", what);
    map.put("sagui", ours);
    map.put("peer", peer);
    ratio.ifPresent(value -> map.put("ratio", value));
    limit.ifPresent(value -> map.put("limit", value));
    limit.ifPresent(value -> map.put("met", !missed()));
    return map;
  }
}
