/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/**
 * How often each of 256 symbols is expected: shares of {@link #TOTAL}.
 *
 * <p>On the wire: the differences between neighbours, which are small as weights lie in bells, by
 * exponential Golomb codes whose order follows what came before; the last symbol has what is left.
 */
final class Frequencies {
  static final int SYMBOLS = 256;
  static final int TOTAL_BITS = 14;
  static final int TOTAL = 1 << TOTAL_BITS;

  private static final int MAX_ORDER = 10;

  private final int[] shares;

  private Frequencies(int[] shares) {
    this.shares = shares;
  }

  int of(int symbol) {
    return shares[symbol];
  }

  /**
   * The shares nearest to {@code counts} by code length.
   *
   * @param counts of 256 symbols, of which two or more occur
   */
  static Frequencies of(int[] counts) {
    long all = 0;
    for (int count : counts) {
      all += count;
    }
    int[] shares = new int[SYMBOLS];
    int sum = 0;
    for (int s = 0; s < SYMBOLS; s++) {
      if (counts[s] > 0) {
        shares[s] = Math.max(1, (int) (((long) counts[s] * TOTAL + all / 2) / all));
        sum += shares[s];
      }
    }
    for (; sum > TOTAL; sum--) {
      shares[cheapestToShrink(counts, shares)]--;
    }
    for (; sum < TOTAL; sum++) {
      shares[bestToGrow(counts, shares)]++;
    }
    return new Frequencies(shares);
  }

  /** The least of {@code count * log(share / (share - 1))}, to first order. */
  private static int cheapestToShrink(int[] counts, int[] shares) {
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int s = 0; s < SYMBOLS; s++) {
      double cost = counts[s] / (shares[s] - 0.5);
      if (shares[s] > 1 && cost < least) {
        least = cost;
        best = s;
      }
    }
    return best;
  }

  private static int bestToGrow(int[] counts, int[] shares) {
    int best = -1;
    double most = -1;
    for (int s = 0; s < SYMBOLS; s++) {
      double gain = counts[s] / (shares[s] + 0.5);
      if (shares[s] > 0 && gain > most) {
        most = gain;
        best = s;
      }
    }
    return best;
  }

  void write(Writer out) {
    int previous = 0;
    int mean = 0;
    for (int s = 0; s < SYMBOLS - 1; s++) {
      int difference = shares[s] - previous;
      int value = difference << 1 ^ difference >> 31;
      int order = order(mean);
      int shifted = value + (1 << order);
      int length = 32 - Integer.numberOfLeadingZeros(shifted);
      out.bits(0, length - order - 1);
      out.bits(shifted, length);
      mean = follow(mean, value);
      previous = shares[s];
    }
    out.alignToByte();
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD
   */
  static Frequencies read(Reader in) {
    int[] shares = new int[SYMBOLS];
    int previous = 0;
    int mean = 0;
    int sum = 0;
    for (int s = 0; s < SYMBOLS - 1; s++) {
      int value = value(in, order(mean));
      previous += value >>> 1 ^ -(value & 1);
      sum += previous;
      if (previous < 0 || previous >= TOTAL || sum > TOTAL) {
        throw Reader.malformed("its frequencies do not add up");
      }
      shares[s] = previous;
      mean = follow(mean, value);
    }
    if (TOTAL - sum >= TOTAL) {
      throw Reader.malformed("its frequencies are all zero");
    }
    shares[SYMBOLS - 1] = TOTAL - sum;
    in.alignToByte();
    return new Frequencies(shares);
  }

  private static int value(Reader in, int order) {
    int zeros = 0;
    while (in.bit() == 0) {
      if (++zeros > TOTAL_BITS + 1) {
        throw Reader.malformed("a frequency is out of range");
      }
    }
    return (1 << (zeros + order) | in.bits(zeros + order)) - (1 << order);
  }

  /** Order for a value of which the last ones had the mean {@code mean / 16}. */
  private static int order(int mean) {
    return Math.min(MAX_ORDER, Math.max(0, 31 - Integer.numberOfLeadingZeros(mean / 16 + 1)));
  }

  private static int follow(int mean, int value) {
    return mean + (16 * value - mean) / 4;
  }
}
