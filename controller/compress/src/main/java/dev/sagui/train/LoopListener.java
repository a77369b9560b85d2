/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import java.io.IOException;
import java.util.Map;

/** Hears how a training goes on. */
public interface LoopListener {
  /** Hears nothing. */
  LoopListener NONE =
      new LoopListener() {
        @Override
        public void stepped(Training training, Map<String, Double> terms) {}

        @Override
        public void scored(Training training, Score score, boolean best) {}

        @Override
        public void checkpoint(Training training) {}
      };

  /** After each step. */
  void stepped(Training training, Map<String, Double> terms) throws IOException;

  /**
   * @param best of all scores so far
   */
  void scored(Training training, Score score, boolean best) throws IOException;

  /** Asked before each step: whether to end here, after a last checkpoint. */
  default boolean stops() {
    return false;
  }

  /** When it is time to save {@link Training#state()}, and at the end, however that comes. */
  void checkpoint(Training training) throws IOException;
}
