/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What is left of axes.
 *
 * @param removed roots of the sets that go
 */
record Kept(Atoms atoms, Set<Integer> removed) {
  boolean isKept(int atom) {
    return !removed.contains(atoms.root(atom));
  }

  /** Positions of an axis that stay, in order. */
  int[] positions(Axis axis) {
    return axis.isFixed()
        ? IntStream.range(0, axis.length()).toArray()
        : IntStream.range(0, axis.length()).filter(i -> isKept(axis.atoms()[i])).toArray();
  }

  /** How many positions stay. */
  int count(Axis axis) {
    return axis.isFixed()
        ? axis.length()
        : (int) Arrays.stream(axis.atoms()).filter(this::isKept).count();
  }

  boolean cuts(Axis axis) {
    return count(axis) < axis.length();
  }
}
