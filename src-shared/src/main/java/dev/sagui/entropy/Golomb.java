/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/** Exponential Golomb codes of numbers of 0 or more, whose order follows what came before. */
final class Golomb {
  private static final int MAX_ORDER = 10;

  /** Of the last numbers, times 16. */
  private int mean;

  void write(int value, Writer out) {
    int order = order();
    int shifted = value + (1 << order);
    int length = Integer.SIZE - Integer.numberOfLeadingZeros(shifted);
    out.bits(0, length - order - 1);
    out.bits(shifted, length);
    follow(value);
  }

  /**
   * Reads what {@link #write} wrote, up to about {@code 2^(mostBits + 1)}.
   *
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD
   */
  int read(Reader in, int mostBits) {
    int order = order();
    int zeros = 0;
    while (in.bit() == 0) {
      if (++zeros > mostBits) {
        throw Reader.malformed("a number is out of range");
      }
    }
    int value = (1 << (zeros + order) | in.bits(zeros + order)) - (1 << order);
    follow(value);
    return value;
  }

  private int order() {
    return Math.min(MAX_ORDER, Math.max(0, 31 - Integer.numberOfLeadingZeros(mean / 16 + 1)));
  }

  private void follow(int value) {
    mean += (16 * value - mean) / 4;
  }
}
