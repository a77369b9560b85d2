/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.util.Arrays;

/**
 * An axis of a value.
 *
 * @param atoms of its positions in order; none when it is not cut
 */
@SuppressWarnings("ArrayRecordComponent")
record Axis(int length, int[] atoms) {
  /** An axis that keeps its length. */
  static Axis fixed(long length) {
    return new Axis(Math.toIntExact(length), new int[0]);
  }

  static Axis of(int[] atoms) {
    return new Axis(atoms.length, atoms);
  }

  boolean isFixed() {
    return atoms.length == 0;
  }

  /** Positions {@code from} to {@code to}. */
  Axis slice(int from, int to) {
    return isFixed() ? fixed(to - from) : of(Arrays.copyOfRange(atoms, from, to));
  }
}
