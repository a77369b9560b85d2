/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.util.Arrays;

/**
 * How often each of 256 symbols is expected: shares of {@link #TOTAL}.
 *
 * <p>On the wire: the differences between neighbours, which are small as weights lie in bells, and
 * runs of none, by {@link Golomb} codes; the last symbol has what is left.
 */
final class Frequencies {
  static final int SYMBOLS = 256;
  static final int TOTAL_BITS = 14;
  static final int TOTAL = 1 << TOTAL_BITS;

  /** What a run of symbols with one share takes in a table, about. */
  private static final double RUN_BITS = 14;

  private final int[] shares;

  private Frequencies(int[] shares) {
    this.shares = shares;
  }

  int of(int symbol) {
    return shares[symbol];
  }

  /**
   * The shares under which {@code counts} and their table take the least.
   *
   * @param counts of 256 symbols, of which two or more occur
   */
  static Frequencies of(int[] counts) {
    return new Frequencies(Smoothing.shares(counts, RUN_BITS));
  }

  /** Writes each difference but those of 0, and how many of these follow it. */
  void write(Writer out) {
    Golomb differences = new Golomb();
    Golomb lengths = new Golomb();
    for (int s = 0; s < SYMBOLS - 1; ) {
      differences.write(step(s), out);
      int from = s++;
      while (s < SYMBOLS - 1 && step(s) == 0) {
        s++;
      }
      lengths.write(s - from - 1, out);
    }
    out.alignToByte();
  }

  /** How a symbol's share differs from that of the symbol before, 0 or more: 0, -1, 1, -2 … */
  private int step(int symbol) {
    int difference = shares[symbol] - (symbol == 0 ? 0 : shares[symbol - 1]);
    return difference << 1 ^ difference >> 31;
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD
   */
  static Frequencies read(Reader in) {
    Golomb differences = new Golomb();
    Golomb lengths = new Golomb();
    Filling filling = new Filling();
    while (filling.at < SYMBOLS - 1) {
      int step = differences.read(in, TOTAL_BITS + 1);
      filling.add(step, 1 + lengths.read(in, Byte.SIZE));
    }
    in.alignToByte();
    return filling.done();
  }

  /** Shares that are read one run after the other. */
  private static final class Filling {
    private final int[] shares = new int[SYMBOLS];
    private int at;
    private int last;
    private int sum;

    void add(int step, int length) {
      last += step >>> 1 ^ -(step & 1);
      if (length > SYMBOLS - 1 - at || last < 0 || last >= TOTAL || sum + length * last > TOTAL) {
        throw Reader.malformed("its frequencies do not add up");
      }
      Arrays.fill(shares, at, at + length, last);
      at += length;
      sum += length * last;
    }

    Frequencies done() {
      if (sum == 0) {
        throw Reader.malformed("its frequencies are all zero");
      }
      shares[SYMBOLS - 1] = TOTAL - sum;
      return new Frequencies(shares);
    }
  }
}
