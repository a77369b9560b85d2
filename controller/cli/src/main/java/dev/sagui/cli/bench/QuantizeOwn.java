/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

/**
 * A kind of model's own number.
 *
 * @param name of it, as targets name it
 * @param value what targets speak of
 * @param text as the table shows it, with its name
 * @param lowest whether less is better
 */
record QuantizeOwn(String name, double value, String text, boolean lowest) {
  /** A number of which more is better. */
  static QuantizeOwn highest(String name, double value, String text) {
    return new QuantizeOwn(name, value, text, false);
  }

  /** Held against a limit. */
  Goal goal(double limit) {
    boolean met = lowest ? value <= limit : value >= limit;
    return new Goal("%s %s %s".formatted(name, lowest ? "≤" : "≥", limit), met);
  }
}
