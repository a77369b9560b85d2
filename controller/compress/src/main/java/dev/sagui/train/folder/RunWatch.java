/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.train.LoopOptions;
import java.util.Locale;
import java.util.Map;

/** Whoever looks on while a run goes on; called by its thread. */
public interface RunWatch {
  /** Looks away. */
  RunWatch NONE = (now) -> {};

  /**
   * A run at one moment.
   *
   * @param steps in all; {@link LoopOptions#UNPLANNED} while the pace is not known
   * @param rate of learning
   */
  record Now(long done, long steps, double loss, double rate) {
    /** For people, with what is done in front of a colon. */
    public String told(String what) {
      return String.format(
          Locale.ROOT,
          "%s: step %d%s, loss %.4g, rate %.2g",
          what,
          done,
          steps == LoopOptions.UNPLANNED ? "" : " of " + steps,
          loss,
          rate);
    }
  }

  /**
   * Before the first step.
   *
   * @param facts what is known of the run, as its result has it
   */
  default void ready(Map<String, Object> facts) {}

  /** After each step. */
  void at(Now now);

  /** Whether to stop after this step, with a checkpoint. */
  default boolean stops() {
    return false;
  }
}
