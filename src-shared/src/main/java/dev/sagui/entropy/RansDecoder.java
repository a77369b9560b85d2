/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Decodes symbols; keeps a table of 128 KiB and allocates nothing else. */
final class RansDecoder {
  private static final int MASK = Frequencies.TOTAL - 1;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** By slot: its symbol's share from bit 32 on, the symbol from 16 on, its place in the share. */
  private final long[] slots = new long[Frequencies.TOTAL];

  private final int[] states = new int[Rans.STATES];

  void use(Frequencies frequencies) {
    int slot = 0;
    for (int s = 0; s < Frequencies.SYMBOLS; s++) {
      int share = frequencies.of(s);
      long entry = (long) share << 32 | (long) s << 16;
      for (int place = 0; place < share; place++) {
        slots[slot++] = entry | place;
      }
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

  /**
   * Whole fours while two bytes a symbol are left, the most that one takes. How many it takes is
   * computed: branches on it would be mispredicted at every few symbols.
   */
  private int fours(Reader in, byte[] into, int offset, int length) {
    long[] table = slots;
    byte[] bytes = in.bytes();
    int at = in.at();
    int safe = in.end() - 2 * Rans.STATES;
    int x0 = states[0];
    int x1 = states[1];
    int x2 = states[2];
    int x3 = states[3];
    int i = offset;
    for (int stop = offset + length - Rans.STATES; i <= stop && at <= safe; ) {
      int rounds = 1 + Math.min((stop - i) / Rans.STATES, (safe - at) / (2 * Rans.STATES));
      for (int until = i + rounds * Rans.STATES; i < until; i += Rans.STATES) {
        long s0 = table[x0 & MASK];
        long s1 = table[x1 & MASK];
        long s2 = table[x2 & MASK];
        long s3 = table[x3 & MASK];
        INT.set(into, i, four(s0, s1, s2, s3));
        x0 = step(x0, s0);
        x1 = step(x1, s1);
        x2 = step(x2, s2);
        x3 = step(x3, s3);
        long next = (long) LONG.get(bytes, at);
        int n0 = missing(x0);
        x0 = x0 << n0 | first(next, n0);
        next <<= n0;
        int n1 = missing(x1);
        x1 = x1 << n1 | first(next, n1);
        next <<= n1;
        int n2 = missing(x2);
        x2 = x2 << n2 | first(next, n2);
        next <<= n2;
        int n3 = missing(x3);
        x3 = x3 << n3 | first(next, n3);
        at += (n0 + n1 + n2 + n3) >>> 3;
      }
    }
    in.seek(at);
    keep(x0, x1, x2, x3);
    return i - offset;
  }

  private void keep(int x0, int x1, int x2, int x3) {
    states[0] = x0;
    states[1] = x1;
    states[2] = x2;
    states[3] = x3;
  }

  /** The symbols of four slots, the first in the lowest byte. */
  private static int four(long a, long b, long c, long d) {
    return ((int) (a >>> 16) & 0xFF)
        | ((int) (b >>> 8) & 0xFF00)
        | ((int) c & 0xFF0000)
        | ((int) (d << 8) & 0xFF000000);
  }

  private static int step(int state, long slot) {
    return (int) (slot >>> 32) * (state >>> Frequencies.TOTAL_BITS) + (int) (slot & 0xFFFF);
  }

  /** Bits that a state must take in to reach {@link Rans#LOW}: 0, 8 or 16. */
  private static int missing(int state) {
    return (Integer.numberOfLeadingZeros(state) - 1) & -Byte.SIZE;
  }

  /** The highest so many bits; 0 for none. */
  private static int first(long word, int bits) {
    return (int) (word >>> 1 >>> ~bits);
  }

  private byte next(Reader in, int s) {
    long slot = slots[states[s] & MASK];
    int x = step(states[s], slot);
    while (x < Rans.LOW) {
      x = x << 8 | in.u8();
    }
    states[s] = x;
    return (byte) (slot >>> 16);
  }
}
