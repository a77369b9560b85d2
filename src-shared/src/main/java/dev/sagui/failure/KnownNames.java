/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.failure;

import java.util.Collection;
import java.util.Comparator;

/** Holds a name that a user wrote against those that exist. */
public final class KnownNames {
  private KnownNames() {}

  /**
   * @throws RejectedException BAD_REQUEST, with the nearest name
   */
  public static void require(Object key, Collection<String> known, String what) {
    if (!known.contains(key.toString())) {
      String nearest =
          known.stream()
              .min(Comparator.comparingInt(k -> distance(k, key.toString())))
              .orElseThrow();
      throw new RejectedException(
          FailureCode.BAD_REQUEST,
          "unknown %s '%s'; the nearest is '%s', all are %s".formatted(what, key, nearest, known));
    }
  }

  /** Levenshtein's. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
