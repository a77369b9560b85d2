/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.util.Arrays;

/** Decodes symbols; keeps a table of 16 KiB and allocates nothing else. */
final class RansDecoder {
  private static final int MASK = Frequencies.TOTAL - 1;

  /** The symbol of each slot. */
  private final byte[] symbols = new byte[Frequencies.TOTAL];

  /** By symbol: its share in the upper 16 bits, its first slot in the lower ones. */
  private final int[] shares = new int[Frequencies.SYMBOLS];

  private final int[] states = new int[Rans.STATES];

  void use(Frequencies frequencies) {
    int slot = 0;
    for (int s = 0; s < Frequencies.SYMBOLS; s++) {
      int share = frequencies.of(s);
      shares[s] = share << 16 | slot;
      Arrays.fill(symbols, slot, slot + share, (byte) s);
      slot += share;
    }
  }

  /**
   * Decodes {@code length} symbols and leaves {@code in} behind them.
   *
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD
   */
  void decode(Reader in, byte[] into, int offset, int length) {
    if (in.left() < Rans.STATE_BYTES) {
      throw Reader.malformed("it ends too early");
    }
    for (int s = 0; s < Rans.STATES; s++) {
      states[s] = in.u8() << 24 | in.u8() << 16 | in.u8() << 8 | in.u8();
      if (states[s] < Rans.LOW) {
        throw Reader.malformed("a state is out of range");
      }
    }
    int done = fours(in, into, offset, length);
    for (int i = done; i < length; i++) {
      into[offset + i] = next(in, i % Rans.STATES);
    }
    for (int s = 0; s < Rans.STATES; s++) {
      if (states[s] != Rans.LOW) {
        throw Reader.malformed("its symbols do not end where they must");
      }
    }
  }

  /** Whole fours while two bytes a symbol are left, the most that one takes. */
  private int fours(Reader in, byte[] into, int offset, int length) {
    byte[] bytes = in.bytes();
    int at = in.at();
    int safe = in.end() - 2 * Rans.STATES;
    int x0 = states[0];
    int x1 = states[1];
    int x2 = states[2];
    int x3 = states[3];
    int i = offset;
    for (int stop = offset + length - Rans.STATES; i <= stop && at <= safe; i += Rans.STATES) {
      byte s0 = symbols[x0 & MASK];
      byte s1 = symbols[x1 & MASK];
      byte s2 = symbols[x2 & MASK];
      byte s3 = symbols[x3 & MASK];
      x0 = step(x0, s0);
      x1 = step(x1, s1);
      x2 = step(x2, s2);
      x3 = step(x3, s3);
      into[i] = s0;
      into[i + 1] = s1;
      into[i + 2] = s2;
      into[i + 3] = s3;
      while (x0 < Rans.LOW) {
        x0 = x0 << 8 | (bytes[at++] & 0xFF);
      }
      while (x1 < Rans.LOW) {
        x1 = x1 << 8 | (bytes[at++] & 0xFF);
      }
      while (x2 < Rans.LOW) {
        x2 = x2 << 8 | (bytes[at++] & 0xFF);
      }
      while (x3 < Rans.LOW) {
        x3 = x3 << 8 | (bytes[at++] & 0xFF);
      }
    }
    in.seek(at);
    states[0] = x0;
    states[1] = x1;
    states[2] = x2;
    states[3] = x3;
    return i - offset;
  }

  private int step(int state, byte symbol) {
    int share = shares[symbol & 0xFF];
    return (share >>> 16) * (state >>> Frequencies.TOTAL_BITS) + (state & MASK) - (share & 0xFFFF);
  }

  private byte next(Reader in, int s) {
    byte symbol = symbols[states[s] & MASK];
    int x = step(states[s], symbol);
    while (x < Rans.LOW) {
      x = x << 8 | in.u8();
    }
    states[s] = x;
    return symbol;
  }
}
