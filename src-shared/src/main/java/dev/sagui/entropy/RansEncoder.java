/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.util.Arrays;

/** Codes symbols, from the last to the first, into a buffer that fills from its end. */
final class RansEncoder {
  /** A state takes a symbol in below its share shifted by this: it stays below LOW * 256. */
  private static final int FULL_BITS = 31 - Frequencies.TOTAL_BITS;

  /**
   * Quotients by multiplication (Granlund and Montgomery, PLDI 1994) are exact for states below
   * 2^31 and shares up to 2^14, and fit a long as a quotient is below 2^17.
   */
  private static final int RECIPROCAL_BITS = 31 + Frequencies.TOTAL_BITS;

  private final long[] reciprocal = new long[Frequencies.SYMBOLS];
  private final int[] full = new int[Frequencies.SYMBOLS];
  private final int[] start = new int[Frequencies.SYMBOLS];
  private final int[] others = new int[Frequencies.SYMBOLS];
  private final int[] states = new int[Rans.STATES];
  private byte[] buffer = new byte[0];
  private int at;

  void use(Frequencies frequencies) {
    int sum = 0;
    for (int s = 0; s < Frequencies.SYMBOLS; s++) {
      int share = frequencies.of(s);
      full[s] = share << FULL_BITS;
      reciprocal[s] = share == 0 ? 0 : ((1L << RECIPROCAL_BITS) + share - 1) / share;
      start[s] = sum;
      others[s] = Frequencies.TOTAL - share;
      sum += share;
    }
  }

  /** Appends the code of {@code length} symbols, all of which have a share. */
  void encode(byte[] symbols, int offset, int length, Writer out) {
    int room = 2 * length + Rans.STATE_BYTES; // no symbol takes more than 14 bits
    if (buffer.length < room) {
      buffer = new byte[room];
    }
    at = buffer.length;
    Arrays.fill(states, Rans.LOW);
    int whole = length - length % Rans.STATES;
    for (int i = length - 1; i >= whole; i--) {
      int symbol = symbols[offset + i] & 0xFF;
      int x = states[i - whole];
      for (; x >= full[symbol]; x >>>= 8) {
        buffer[--at] = (byte) x;
      }
      states[i - whole] = step(x, symbol);
    }
    fours(symbols, offset, whole);
    for (int s = Rans.STATES - 1; s >= 0; s--) {
      for (int b = 0; b < Integer.SIZE; b += 8) {
        buffer[--at] = (byte) (states[s] >> b);
      }
    }
    out.bytes(buffer, at, buffer.length - at);
  }

  /** The first {@code length} symbols, four by four from the last on. */
  private void fours(byte[] symbols, int offset, int length) {
    int x0 = states[0];
    int x1 = states[1];
    int x2 = states[2];
    int x3 = states[3];
    byte[] into = buffer;
    int p = at;
    for (int i = offset + length - 1; i > offset; i -= Rans.STATES) {
      int s3 = symbols[i] & 0xFF;
      for (; x3 >= full[s3]; x3 >>>= 8) {
        into[--p] = (byte) x3;
      }
      x3 = step(x3, s3);
      int s2 = symbols[i - 1] & 0xFF;
      for (; x2 >= full[s2]; x2 >>>= 8) {
        into[--p] = (byte) x2;
      }
      x2 = step(x2, s2);
      int s1 = symbols[i - 2] & 0xFF;
      for (; x1 >= full[s1]; x1 >>>= 8) {
        into[--p] = (byte) x1;
      }
      x1 = step(x1, s1);
      int s0 = symbols[i - 3] & 0xFF;
      for (; x0 >= full[s0]; x0 >>>= 8) {
        into[--p] = (byte) x0;
      }
      x0 = step(x0, s0);
    }
    at = p;
    states[0] = x0;
    states[1] = x1;
    states[2] = x2;
    states[3] = x3;
  }

  /** {@code x / share * TOTAL + x % share + start}. */
  private int step(int x, int symbol) {
    int quotient = (int) ((x * reciprocal[symbol]) >>> RECIPROCAL_BITS);
    return x + quotient * others[symbol] + start[symbol];
  }
}
