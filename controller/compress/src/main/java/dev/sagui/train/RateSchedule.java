/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

/**
 * How the rate of learning changes over the steps, as a factor of the optimizer's.
 *
 * @param warmup steps over which it grows linearly from near 0
 * @param floor the least factor
 * @param every steps between two falls of {@link Shape#STEP}, each to {@code factor} of what it was
 */
public record RateSchedule(Shape shape, long warmup, double floor, long every, double factor) {
  /** The curve after the warm-up. */
  public enum Shape {
    /** The same rate to the end. */
    CONSTANT,
    /** Half a cosine from 1 to the floor (Loshchilov and Hutter 2017). */
    COSINE,
    /** A straight line from 1 to the floor. */
    LINEAR,
    /** Falls at regular steps. */
    STEP;

    /** Whether the curve is another one for another number of steps. */
    public boolean dependsOnSteps() {
      return this == COSINE || this == LINEAR;
    }
  }

  /** Half a cosine down to a hundredth, after 20 steps of warm-up. */
  public static final RateSchedule USUAL = new RateSchedule(Shape.COSINE, 20, 0.01, 0, 1);

  /**
   * @param step from 0
   * @param steps in all
   */
  public double factor(long step, long steps) {
    if (step < warmup) {
      return (step + 1.0) / (warmup + 1);
    }
    double done = Math.min(1, (double) (step - warmup) / Math.max(1, steps - warmup));
    return switch (shape) {
      case CONSTANT -> 1;
      case COSINE -> floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * done));
      case LINEAR -> 1 - (1 - floor) * done;
      case STEP -> Math.max(floor, Math.pow(factor, (double) falls(step)));
    };
  }

  private long falls(long step) {
    return (step - warmup) / Math.max(1, every);
  }
}
