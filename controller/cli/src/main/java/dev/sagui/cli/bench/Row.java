/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * One line of a benchmark's table.
 *
 * @param what what was measured, with its unit
 * @param ours our number as it is shown
 * @param peer the peer's number as it is shown; {@value #NONE} if it was not run
 * @param ratio ours to the peer's
 * @param limit the ratio that should not be exceeded
 * @param goals what else was wanted, of a row that shows several numbers
 */
record Row(
    String what,
    String ours,
    String peer,
    OptionalDouble ratio,
    OptionalDouble limit,
    List<Goal> goals) {
  static final String NONE = "–";

  Row {
    goals = List.copyOf(goals);
  }

  /** A number that has no peer. */
  static Row alone(String what, String ours) {
    return judged(what, ours, NONE, List.of());
  }

  /** Something that could not be measured, and why. */
  static Row failed(String what, String reason) {
    return alone(what, "not measured: " + onOneLine(reason));
  }

  /** Numbers in words, each side's in one cell, and what was wanted of ours. */
  static Row judged(String what, String ours, String peer, List<Goal> goals) {
    return new Row(what, ours, peer, OptionalDouble.empty(), OptionalDouble.empty(), goals);
  }

  /** Both numbers in one unit, shown by {@code format}; the peer may not have been run. */
  static Row beside(String what, String format, double ours, OptionalDouble peer) {
    return new Row(
        what,
        String.format(Locale.ROOT, format, ours),
        peer.isPresent() ? String.format(Locale.ROOT, format, peer.getAsDouble()) : NONE,
        peer.isPresent() ? OptionalDouble.of(ours / peer.getAsDouble()) : OptionalDouble.empty(),
        OptionalDouble.empty(),
        List.of());
  }

  Row atMost(double wantedRatio) {
    return new Row(what, ours, peer, ratio, OptionalDouble.of(wantedRatio), goals);
  }

  /** Wants a ratio of {@code wantedRatio} or more, if there is one. */
  Row atLeast(double wantedRatio) {
    return ratio.isEmpty()
        ? this
        : new Row(
            what,
            ours,
            peer,
            ratio,
            limit,
            List.of(Goal.atLeast(ratio.getAsDouble(), wantedRatio, "%.1f")));
  }

  boolean missed() {
    boolean over =
        ratio.isPresent() && limit.isPresent() && ratio.getAsDouble() > limit.getAsDouble();
    return over || goals.stream().anyMatch(goal -> !goal.met());
  }

  String ratioText() {
    return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "";
  }

  String targetText() {
    if (!goals.isEmpty()) {
      return goals.stream().map(Goal::verdict).collect(Collectors.joining("; "));
    }
    if (limit.isEmpty()) {
      return "";
    }
    String wanted = "≤ " + limit.getAsDouble();
    if (ratio.isEmpty()) {
      return wanted;
    }
    return wanted + (missed() ? ", **missed**" : ", met");
  }

  /** Text that a cell of the table can hold. */
  static String onOneLine(String text) {
    return text.strip().replace('\n', ' ').replace('|', '/');
  }

  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("what", what);
    map.put("sagui", ours);
    map.put("peer", peer);
    ratio.ifPresent(value -> map.put("ratio", value));
    limit.ifPresent(value -> map.put("limit", value));
    limit.ifPresent(value -> map.put("met", !missed()));
    if (!goals.isEmpty()) {
      map.put("targets", goals.stream().map(Goal::json).toList());
    }
    return map;
  }
}
