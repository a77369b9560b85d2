/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/**
 * A stretch of bytes that is coded in one way.
 *
 * @param cost in bytes, estimated, under a table of its own if that is cheaper than none
 */
record Segment(int offset, int length, Counts counts, double cost) {
  private static final double HEADER_BYTES = 3;

  /** The states' 16 bytes, of which some hold symbols. */
  private static final double STATES_BYTES = 12;

  private static final double TABLE_BYTES = 16;
  private static final double TABLE_BYTES_PER_SYMBOL = 0.45;

  static Segment of(int offset, int length, Counts counts) {
    double body = Math.min(length, coded(counts));
    return new Segment(offset, length, counts, HEADER_BYTES + body);
  }

  private static double coded(Counts counts) {
    int distinct = counts.distinct();
    if (distinct == 1) {
      return 1;
    }
    double table = TABLE_BYTES + TABLE_BYTES_PER_SYMBOL * distinct;
    return STATES_BYTES + table + counts.bits() / 8;
  }

  boolean isRun() {
    return counts.distinct() == 1;
  }

  boolean isRaw() {
    return cost >= HEADER_BYTES + length;
  }

  /** This segment and the one behind it as one. */
  Segment with(Segment next) {
    return of(offset, length + next.length, Counts.sum(counts, next.counts));
  }

  /** Bytes when coded under a table that is there already; infinite when it lacks a symbol. */
  double costUnder(Frequencies frequencies) {
    return HEADER_BYTES + STATES_BYTES + counts.bitsUnder(frequencies) / 8;
  }
}
