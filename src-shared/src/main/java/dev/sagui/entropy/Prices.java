/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/**
 * What parts of a coded chunk take besides its symbols, in bytes, about.
 *
 * @param states of a segment's own stream, of which some hold symbols
 * @param table of frequencies, and what bytes lose under it
 * @param perSymbol for each that occurs
 */
record Prices(double states, double table, double perSymbol) {
  static final Prices SEGMENTS = new Prices(12, 36, 0.2);
  static final Prices SORTED = new Prices(0, 16, 0.17);

  static final double HEADER_BYTES = 3;

  double table(int distinct) {
    return table + perSymbol * distinct;
  }
}
