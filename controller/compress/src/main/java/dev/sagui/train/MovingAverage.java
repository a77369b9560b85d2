/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

/**
 * An exponential moving average of parameters, which gives better models than the last values; its
 * memory grows with the steps, so that early ones do not linger.
 */
final class MovingAverage {
  private final double kept;
  private final float[] values;

  MovingAverage(double kept, float[] start) {
    this.kept = kept;
    this.values = start.clone();
  }

  /** Its numbers, which a checkpoint keeps. */
  float[] values() {
    return values;
  }

  void add(float[] now, long step) {
    float share = 1 - (float) Math.min(kept, (1.0 + step) / (10 + step));
    for (int i = 0; i < values.length; i++) {
      values[i] += share * (now[i] - values[i]);
    }
  }
}
