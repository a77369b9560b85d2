/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/**
 * What encoder and decoder of sorted chunks agree on: rANS as {@link Rans} has it, but with states
 * in [{@link #LOW}, {@link #LOW} * 2^32) that are fed in words of four bytes, so that a symbol
 * takes at most one, and one stream for all segments of a chunk. A segment's first symbol is of the
 * first state.
 */
final class Rans64 {
  static final int STATES = 4;
  static final int LOW_BITS = 31;
  static final long LOW = 1L << LOW_BITS;

  /** Bytes of the states at the start of a stream. */
  static final int STATE_BYTES = STATES * Long.BYTES;

  static final int WORD_BYTES = Integer.BYTES;
  static final int WORD_BITS = Integer.SIZE;

  private Rans64() {}
}
