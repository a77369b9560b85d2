/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.util.Arrays;

/** Codes symbols, from the last to the first, into a buffer that fills from its end. */
final class RansEncoder {
  private static final int RECIPROCAL_BITS = 31;

  /** A state of this many bits more than a share's takes the symbol in. */
  private static final int FLUSH_BITS = 23 + 8 - Frequencies.TOTAL_BITS;

  private final long[] reciprocal = new long[Frequencies.SYMBOLS];
  private final int[] shift = new int[Frequencies.SYMBOLS];
  private final int[] share = new int[Frequencies.SYMBOLS];
  private final int[] start = new int[Frequencies.SYMBOLS];
  private final int[] states = new int[Rans.STATES];
  private byte[] buffer = new byte[0];
  private int at;

  void use(Frequencies frequencies) {
    int sum = 0;
    for (int s = 0; s < Frequencies.SYMBOLS; s++) {
      int f = frequencies.of(s);
      share[s] = f;
      start[s] = sum;
      sum += f;
      if (f > 0) {
        // Granlund and Montgomery, PLDI 1994: exact for every state, as states have 31 bits.
        shift[s] = RECIPROCAL_BITS + Integer.SIZE - Integer.numberOfLeadingZeros(f - 1);
        reciprocal[s] = ((1L << shift[s]) + f - 1) / f;
      }
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
      int state = flush(states[i - whole], symbols[offset + i] & 0xFF);
      states[i - whole] = step(state, symbols[offset + i] & 0xFF);
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
    for (int i = offset + length - 1; i > offset; i -= Rans.STATES) {
      int s3 = symbols[i] & 0xFF;
      int s2 = symbols[i - 1] & 0xFF;
      int s1 = symbols[i - 2] & 0xFF;
      int s0 = symbols[i - 3] & 0xFF;
      x3 = step(flush(x3, s3), s3);
      x2 = step(flush(x2, s2), s2);
      x1 = step(flush(x1, s1), s1);
      x0 = step(flush(x0, s0), s0);
    }
    states[0] = x0;
    states[1] = x1;
    states[2] = x2;
    states[3] = x3;
  }

  /** Writes bytes of {@code state} until the symbol finds room in it. */
  private int flush(int state, int symbol) {
    int x = state;
    while (x >= share[symbol] << FLUSH_BITS) {
      buffer[--at] = (byte) x;
      x >>>= 8;
    }
    return x;
  }

  /** {@code (x / share * TOTAL) + x % share + start}. */
  private int step(int x, int symbol) {
    int quotient = (int) ((x * reciprocal[symbol]) >>> shift[symbol]);
    return (quotient << Frequencies.TOTAL_BITS) + x - quotient * share[symbol] + start[symbol];
  }
}
