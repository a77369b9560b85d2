/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Decodes symbols of one stream; its tables fit a first-level cache, and it allocates no others.
 */
final class RansDecoder {
  private static final int MASK = Frequencies.TOTAL - 1;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** The symbol of each slot. */
  private final byte[] slots = new byte[Frequencies.TOTAL];

  /** By symbol: its share from bit 32 on, its first slot. */
  private final long[] symbols = new long[Frequencies.SYMBOLS];

  private final long[] states = new long[Rans.STATES];
  private byte[] bytes = new byte[0];
  private int at;
  private int end;

  /**
   * Starts with the next {@code length} of {@code in}, and leaves it behind them.
   *
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD
   */
  void start(Reader in, int length) {
    if ((length > 0 && length < Rans.STATE_BYTES) || length > in.left()) {
      throw Reader.malformed("its stream has %d bytes".formatted(length));
    }
    bytes = in.bytes();
    at = in.at();
    end = at + length;
    in.seek(end);
    Arrays.fill(states, Rans.LOW);
    for (int s = 0; s < Rans.STATES && length > 0; s++, at += Long.BYTES) {
      states[s] = (long) LONG.get(bytes, at);
      if (states[s] < Rans.LOW) {
        throw Reader.malformed("a state is out of range");
      }
    }
  }

  void use(Frequencies frequencies) {
    int slot = 0;
    for (int s = 0; s < Frequencies.SYMBOLS; s++) {
      int share = frequencies.of(s);
      Arrays.fill(slots, slot, slot + share, (byte) s);
      symbols[s] = (long) share << 32 | slot;
      slot += share;
    }
  }

  /**
   * Decodes the next {@code length} symbols.
   *
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD
   */
  void decode(byte[] into, int offset, int length) {
    int done = fours(into, offset, length);
    for (int i = done; i < length; i++) {
      into[offset + i] = next(i % Rans.STATES);
    }
  }

  /**
   * Whole fours while a word a symbol is left, the most that one takes. Whether it takes one is
   * computed: branches on it would be mispredicted at every few symbols.
   */
  private int fours(byte[] into, int offset, int length) {
    byte[] from = bytes;
    byte[] bySlot = slots;
    long[] bySymbol = symbols;
    int p = at;
    int safe = end - Rans.STATES * Rans.WORD_BYTES;
    long x0 = states[0];
    long x1 = states[1];
    long x2 = states[2];
    long x3 = states[3];
    int i = offset;
    for (int stop = offset + length - Rans.STATES; i <= stop && p <= safe; ) {
      int words = (safe - p) / (Rans.STATES * Rans.WORD_BYTES);
      int rounds = 1 + Math.min((stop - i) / Rans.STATES, words);
      for (int until = i + rounds * Rans.STATES; i < until; i += Rans.STATES) {
        int s0 = bySlot[(int) x0 & MASK] & 0xFF;
        int s1 = bySlot[(int) x1 & MASK] & 0xFF;
        int s2 = bySlot[(int) x2 & MASK] & 0xFF;
        int s3 = bySlot[(int) x3 & MASK] & 0xFF;
        INT.set(into, i, s0 | s1 << 8 | s2 << 16 | s3 << 24);
        x0 = step(x0, bySymbol[s0]);
        x1 = step(x1, bySymbol[s1]);
        x2 = step(x2, bySymbol[s2]);
        x3 = step(x3, bySymbol[s3]);
        long m0 = hungry(x0);
        x0 = fed(x0, m0, (int) INT.get(from, p));
        p += (int) m0 & Rans.WORD_BYTES;
        long m1 = hungry(x1);
        x1 = fed(x1, m1, (int) INT.get(from, p));
        p += (int) m1 & Rans.WORD_BYTES;
        long m2 = hungry(x2);
        x2 = fed(x2, m2, (int) INT.get(from, p));
        p += (int) m2 & Rans.WORD_BYTES;
        long m3 = hungry(x3);
        x3 = fed(x3, m3, (int) INT.get(from, p));
        p += (int) m3 & Rans.WORD_BYTES;
      }
    }
    at = p;
    keep(x0, x1, x2, x3);
    return i - offset;
  }

  private void keep(long x0, long x1, long x2, long x3) {
    states[0] = x0;
    states[1] = x1;
    states[2] = x2;
    states[3] = x3;
  }

  private static long step(long state, long symbol) {
    return (symbol >>> 32) * (state >>> Frequencies.TOTAL_BITS)
        + ((int) state & MASK)
        - (int) symbol;
  }

  /** All ones for a state that must take a word in, else 0. */
  private static long hungry(long state) {
    return ((state >>> Rans.LOW_BITS) - 1) >> 63;
  }

  private static long fed(long state, long hungry, int word) {
    long full = (state << Rans.WORD_BITS) + Integer.toUnsignedLong(word);
    return state + ((full - state) & hungry);
  }

  private byte next(int s) {
    int symbol = slots[(int) states[s] & MASK] & 0xFF;
    long x = step(states[s], symbols[symbol]);
    if (x < Rans.LOW) {
      if (at > end - Rans.WORD_BYTES) {
        throw Reader.malformed("its stream ends too early");
      }
      x = fed(x, -1, (int) INT.get(bytes, at));
      at += Rans.WORD_BYTES;
    }
    states[s] = x;
    return (byte) symbol;
  }

  /**
   * To be called when all symbols are decoded.
   *
   * @throws dev.sagui.failure.RejectedException MALFORMED_PAYLOAD unless the stream ends here
   */
  void finish() {
    for (long state : states) {
      if (state != Rans.LOW || at != end) {
        throw Reader.malformed("its symbols do not end where they must");
      }
    }
  }
}
