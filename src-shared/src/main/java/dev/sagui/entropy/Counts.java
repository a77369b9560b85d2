/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/** How often each byte occurs in a stretch of bytes, and what coding the stretch would cost. */
final class Counts {
  /** Of {@code c * log2(c)}, by c. */
  private static final float[] LOGS = logs();

  private static final double LN2 = Math.log(2);
  private static final int BLOCK_LOGS = 4096;

  private final int[] of = new int[Frequencies.SYMBOLS];
  private int total;

  private static float[] logs() {
    float[] logs = new float[BLOCK_LOGS];
    for (int c = 2; c < BLOCK_LOGS; c++) {
      logs[c] = (float) (c * Math.log(c) / Math.log(2));
    }
    return logs;
  }

  static double log2(int c) {
    return cLogC(c) / c;
  }

  /** {@code c * log2(c)}; 0 for 0. */
  static double cLogC(int c) {
    return c < BLOCK_LOGS ? LOGS[c] : c * Math.log(c) / LN2;
  }

  void add(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      of[bytes[i] & 0xFF]++;
    }
    total += length;
  }

  /** Adds every {@code step}th byte from {@code from} on, before {@code to}. */
  void addEvery(int step, byte[] bytes, int from, int to) {
    for (int i = from; i < to; i += step) {
      of[bytes[i] & 0xFF]++;
      total++;
    }
  }

  static Counts sum(Counts a, Counts b) {
    Counts sum = new Counts();
    for (int s = 0; s < sum.of.length; s++) {
      sum.of[s] = a.of[s] + b.of[s];
    }
    sum.total = a.total + b.total;
    return sum;
  }

  int[] of() {
    return of;
  }

  int distinct() {
    int distinct = 0;
    for (int count : of) {
      distinct += count > 0 ? 1 : 0;
    }
    return distinct;
  }

  /** Order-0 entropy of the stretch, in bits. */
  double bits() {
    double sum = 0;
    for (int count : of) {
      sum += cLogC(count);
    }
    return cLogC(total) - sum;
  }

  /** Entropy of the source that the stretch is a sample of, in bits a byte (Miller, 1955). */
  double bitsPerByteOfSource() {
    return total == 0 ? 0 : (bits() + (distinct() - 1) / (2 * LN2)) / total;
  }

  /** What each byte takes here; of one that does not occur, what one of half a count would. */
  float[] bitsOfSymbols() {
    float[] bits = new float[of.length];
    for (int s = 0; s < bits.length; s++) {
      bits[s] = (float) (log2(total) - (of[s] == 0 ? -1 : log2(of[s])));
    }
    return bits;
  }

  /** Bits under {@code frequencies}; infinite when a byte has no share there. */
  double bitsUnder(Frequencies frequencies) {
    double bits = 0;
    for (int s = 0; s < of.length; s++) {
      if (of[s] > 0) {
        int share = frequencies.of(s);
        bits +=
            share == 0
                ? Double.POSITIVE_INFINITY
                : of[s] * (Frequencies.TOTAL_BITS - Math.log(share) / LN2);
      }
    }
    return bits;
  }
}
