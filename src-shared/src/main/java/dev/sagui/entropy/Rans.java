/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

/**
 * What rANS encoder and decoder agree on (Duda, arXiv:1311.2540): four states that take turns, each
 * in [{@link #LOW}, {@link #LOW} * 256) between symbols, fed byte by byte from one stream.
 */
final class Rans {
  static final int STATES = 4;
  static final int LOW = 1 << 23;

  /** Bytes of the states at the start of a stream. */
  static final int STATE_BYTES = STATES * Integer.BYTES;

  private Rans() {}
}
