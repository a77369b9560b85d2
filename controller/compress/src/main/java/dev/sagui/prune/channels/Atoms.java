/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Positions along the axes of tensors, united where one cannot go without the other: a union-find
 * that knows why a set must stay.
 */
final class Atoms {
  private int[] parents = new int[1024];
  private int count;
  private final Map<Integer, String> frozen = new HashMap<>();

  /** New positions, each alone. */
  int[] fresh(int length) {
    if (count + length > parents.length) {
      parents = Arrays.copyOf(parents, Math.max(2 * parents.length, count + length));
    }
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = count;
      parents[count] = count++;
    }
    return ids;
  }

  /** The one that stands for all that are united with {@code atom}. */
  int root(int atom) {
    int at = atom;
    while (parents[at] != at) {
      parents[at] = parents[parents[at]];
      at = parents[at];
    }
    return at;
  }

  void unite(int a, int b) {
    int left = root(a);
    int right = root(b);
    if (left != right) {
      parents[right] = left;
      String why = frozen.remove(right);
      if (why != null) {
        frozen.putIfAbsent(left, why);
      }
    }
  }

  /** Unites two axes of the same length, position by position. */
  void unite(int[] a, int[] b) {
    for (int i = 0; i < a.length; i++) {
      unite(a[i], b[i]);
    }
  }

  /** These must stay; the first reason is kept. */
  void freeze(int[] atoms, String why) {
    for (int atom : atoms) {
      frozen.putIfAbsent(root(atom), why);
    }
  }

  /** Why the set of an atom must stay. */
  Optional<String> frozen(int atom) {
    return Optional.ofNullable(frozen.get(root(atom)));
  }
}
