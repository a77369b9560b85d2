/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Which channel goes next. */
@FunctionalInterface
interface Order {
  /** The one of least cost. */
  Order BACKWARD =
      (left, cost) -> {
        int best = left.get(0);
        double least = Double.POSITIVE_INFINITY;
        for (int unit : left) {
          double own = cost.applyAsDouble(unit);
          if (own < least) {
            least = own;
            best = unit;
          }
        }
        return best;
      };

  /** By fixed scores, the least first. */
  static Order by(IntToDoubleFunction score) {
    return (left, cost) -> BACKWARD.next(left, score);
  }

  /**
   * @param left units that are there
   * @param cost of leaving a unit out now
   */
  int next(List<Integer> left, IntToDoubleFunction cost);
}
