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
record Segment(int offset, int length, Counts counts, Prices prices, double cost) {
  static Segment of(int offset, int length, Counts counts, Prices prices) {
    double body = Math.min(length, coded(counts, prices));
    return new Segment(offset, length, counts, prices, Prices.HEADER_BYTES + body);
  }

  private static double coded(Counts counts, Prices prices) {
    int distinct = counts.distinct();
    return distinct == 1 ? 1 : prices.states() + prices.table(distinct) + counts.bits() / 8;
  }

  boolean isRun() {
    return counts.distinct() == 1;
  }

  boolean isRaw() {
    return cost >= Prices.HEADER_BYTES + length;
  }

  /** This segment and the one behind it as one. */
  Segment with(Segment next) {
    return of(offset, length + next.length, Counts.sum(counts, next.counts), prices);
  }

  /** Bytes when coded under a table that is there already; infinite when it lacks a symbol. */
  double costUnder(Frequencies frequencies) {
    return Prices.HEADER_BYTES + prices.states() + counts.bitsUnder(frequencies) / 8;
  }
}
