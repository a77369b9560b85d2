/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

import dev.sagui.recipe.StepRecord;
import java.util.Optional;

/** A variant, or why there is none. */
record Outcome(Optional<Attempt> attempt, Optional<String> problem, Spent spent) {
  /**
   * What making something took.
   *
   * @param before whether a search that was stopped made it
   */
  record Spent(double seconds, boolean before) {}

  static Outcome of(Attempt attempt, Stint stint) {
    return new Outcome(Optional.of(attempt), Optional.empty(), new Spent(stint.seconds(), false));
  }

  /** A step that it is about did nothing. */
  static Outcome none(StepRecord idle, Stint stint) {
    return new Outcome(
        Optional.empty(), Optional.of(idle.reason()), new Spent(stint.seconds(), false));
  }
}
