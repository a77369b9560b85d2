/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/**
 * What rANS encoder and decoder agree on (Duda, arXiv:1311.2540): four states that take turns, each
 * in [{@link #LOW}, {@link #LOW} * 2^32) between symbols, fed in words of four bytes, so that a
 * symbol takes at most one, from one stream for all segments of a chunk. A segment's first symbol
 * is of the first state.
 */
final class Rans {
  static final int STATES = 4;
  static final int LOW_BITS = 31;
  static final long LOW = 1L << LOW_BITS;

  /** Bytes of the states at the start of a stream. */
  static final int STATE_BYTES = STATES * Long.BYTES;

  static final int WORD_BYTES = Integer.BYTES;
  static final int WORD_BITS = Integer.SIZE;

  private Rans() {}
}
