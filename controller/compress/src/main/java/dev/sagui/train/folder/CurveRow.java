/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import java.util.Arrays;
import java.util.Optional;

/**
 * One step of a run.
 *
 * @param seconds of training until then
 * @param rate of learning
 * @param terms of the loss
 * @param score NaN where there was none
 */
record CurveRow(long step, double seconds, double rate, double loss, double[] terms, double score) {
  /** Columns that are not terms. */
  private static final int OTHERS = 5;

  /** Before the first step. */
  static CurveRow start() {
    return new CurveRow(0, 0, Double.NaN, Double.NaN, new double[0], Double.NaN);
  }

  CurveRow withScore(double value) {
    return new CurveRow(step, seconds, rate, loss, terms, value);
  }

  /**
   * Reads a row as {@link #text} writes it.
   *
   * @return empty for a row that was torn
   */
  static Optional<CurveRow> parse(String line, int columns) {
    String[] parts = line.split(",", -1);
    if (parts.length != columns || columns < OTHERS || parts[1].isEmpty()) {
      return Optional.empty();
    }
    try {
      double[] values = Arrays.stream(parts).mapToDouble(CurveRow::number).toArray();
      double[] terms = Arrays.copyOfRange(values, OTHERS - 1, columns - 1);
      return Optional.of(
          new CurveRow(
              Long.parseLong(parts[0]),
              values[1],
              values[2],
              values[3],
              terms,
              values[columns - 1]));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static double number(String text) {
    return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
  }

  /** Values separated by commas, nothing where there is none. */
  String text(int termCount) {
    StringBuilder line = new StringBuilder().append(step).append(',');
    line.append(Math.round(seconds * 1e3) / 1e3);
    append(line, rate);
    append(line, loss);
    for (int i = 0; i < termCount; i++) {
      append(line, i < terms.length ? terms[i] : Double.NaN);
    }
    append(line, score);
    return line.toString();
  }

  private static void append(StringBuilder line, double value) {
    line.append(',');
    if (!Double.isNaN(value)) {
      line.append(value);
    }
  }
}
