/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import java.nio.FloatBuffer;

/**
 * Values that parameters may take: those of a grid of integers, zeros that stay zeros. A step
 * computes with projected values and moves the free ones by the gradient that it finds there
 * (straight-through estimation, Bengio et al. 2013).
 */
@FunctionalInterface
public interface Projection {
  /** All values. */
  Projection NONE =
      (parameter, free, onto) ->
          onto.put(parameter.offset(), free, parameter.offset(), parameter.size());

  /**
   * Writes the values nearest to those of {@code free} that one parameter may take.
   *
   * @param free all parameters, read from the parameter's offset on
   * @param onto the same layout
   */
  void project(Parameter parameter, FloatBuffer free, FloatBuffer onto);

  /** What holds after so many of all steps; at their end this itself does. */
  default Projection at(long step, long steps) {
    return this;
  }

  /** Whether zeros among a parameter's first values come of rounding alone. */
  default boolean roundsToZero(String parameter) {
    return false;
  }
}
