/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/** What parts of a coded chunk take besides its symbols, in bytes, about. */
final class Prices {
  static final double HEADER_BYTES = 3;

  private static final double TABLE_BYTES = 16;
  private static final double TABLE_BYTES_A_SYMBOL = 0.17;

  private Prices() {}

  /**
   * A table of frequencies, and what bytes lose under it.
   *
   * @param distinct symbols that occur
   */
  static double table(int distinct) {
    return TABLE_BYTES + TABLE_BYTES_A_SYMBOL * distinct;
  }
}
