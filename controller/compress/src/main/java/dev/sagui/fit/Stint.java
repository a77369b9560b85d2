/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

/** Time since it was made, and what was spent before on what need not be done again. */
final class Stint {
  private final long startNanos = System.nanoTime();
  private double before;

  double seconds() {
    return before + (System.nanoTime() - startNanos) / 1e9;
  }

  void credit(Outcome.Spent spent) {
    before += spent.before() ? spent.seconds() : 0;
  }
}
