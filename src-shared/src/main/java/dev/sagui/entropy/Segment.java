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
  static Segment of(int offset, int length, Counts counts) {
    double body = Math.min(length, coded(counts));
    return new Segment(offset, length, counts, Prices.HEADER_BYTES + body);
  }

  private static double coded(Counts counts) {
    int distinct = counts.distinct();
    return distinct == 1 ? 1 : Prices.table(distinct) + counts.bits() / 8;
  }

  boolean isRun() {
    return counts.distinct() == 1;
  }

  boolean isRaw() {
    return cost >= Prices.HEADER_BYTES + length;
  }

  /** This segment and the one behind it as one. */
  Segment with(Segment next) {
    return of(offset, length + next.length, Counts.sum(counts, next.counts));
  }

  /** Bytes when coded under a table that is there already; infinite when it lacks a symbol. */
  double costUnder(Frequencies frequencies) {
    return Prices.HEADER_BYTES + counts.bitsUnder(frequencies) / 8;
  }
}
