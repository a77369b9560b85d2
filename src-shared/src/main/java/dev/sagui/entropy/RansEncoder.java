/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Codes segments, from the last symbol to the first, into a buffer that fills from its end. */
final class RansEncoder {
  /** A state takes a symbol in below its share shifted by this: it stays below 2^63. */
  private static final int FULL_BITS = 63 - Frequencies.TOTAL_BITS;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final long[] reciprocal = new long[Frequencies.SYMBOLS];
  private final int[] shift = new int[Frequencies.SYMBOLS];
  private final long[] full = new long[Frequencies.SYMBOLS];
  private final int[] share = new int[Frequencies.SYMBOLS];
  private final int[] start = new int[Frequencies.SYMBOLS];
  private final long[] states = new long[Rans.STATES];
  private byte[] buffer = new byte[0];
  private int at;
  private boolean isEmpty;

  /** Starts a stream of at most {@code length} symbols. */
  void start(int length) {
    int room = Rans.STATE_BYTES + 2 * length + Rans.STATES * Rans.WORD_BYTES;
    if (buffer.length < room) { // no symbol takes more than 14 bits
      buffer = new byte[room];
    }
    at = buffer.length;
    isEmpty = true;
    Arrays.fill(states, Rans.LOW);
  }

  void use(Frequencies frequencies) {
    int sum = 0;
    for (int s = 0; s < Frequencies.SYMBOLS; s++) {
      int own = frequencies.of(s);
      share[s] = own;
      start[s] = sum;
      full[s] = (long) own << FULL_BITS;
      if (own > 1) {
        shift[s] = Integer.SIZE - Integer.numberOfLeadingZeros(own - 1);
        reciprocal[s] = reciprocal(own, shift[s]);
      }
      sum += own;
    }
  }

  /**
   * {@code ceil(2^(63 + shift) / divisor)}, so that quotients by multiplication are exact below
   * 2^63 (Granlund and Montgomery, PLDI 1994).
   */
  private static long reciprocal(int divisor, int shift) {
    long high = 1L << (shift + 31);
    return ((high / divisor) << 32) + (((high % divisor) << 32) + divisor - 1) / divisor;
  }

  /** Puts a segment before those that are there; all its symbols have a share. */
  void encode(byte[] symbols, int offset, int length) {
    isEmpty = false;
    for (int i = length - 1; i >= 0; i--) {
      int symbol = symbols[offset + i] & 0xFF;
      int s = i % Rans.STATES;
      long x = states[s];
      if (x >= full[symbol]) {
        at -= Rans.WORD_BYTES;
        INT.set(buffer, at, (int) x);
        x >>>= Rans.WORD_BITS;
      }
      long quotient = share[symbol] == 1 ? x : quotient(x, symbol);
      states[s] = x + quotient * (Frequencies.TOTAL - share[symbol]) + start[symbol];
    }
  }

  private long quotient(long x, int symbol) {
    long by = reciprocal[symbol]; // as an unsigned number
    return (Math.multiplyHigh(x, by) + (x & (by >> 63))) >>> (shift[symbol] - 1);
  }

  /** Ends the stream: its length and its bytes; of no segment, none. */
  void write(Writer out) {
    if (isEmpty) {
      out.varint(0);
      return;
    }
    for (int s = Rans.STATES - 1; s >= 0; s--) {
      at -= Long.BYTES;
      LONG.set(buffer, at, states[s]);
    }
    out.varint(buffer.length - at);
    out.bytes(buffer, at, buffer.length - at);
  }
}
