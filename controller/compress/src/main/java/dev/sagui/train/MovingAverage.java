/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import java.nio.FloatBuffer;

/**
 * An exponential moving average of parameters, which gives better models than the last values; its
 * memory grows with the steps, so that early ones do not linger.
 */
final class MovingAverage {
  private final double kept;
  private final float[] values;

  MovingAverage(double kept, FloatBuffer start) {
    this.kept = kept;
    this.values = new float[start.capacity()];
    start.get(0, values);
  }

  /** Its numbers, which a checkpoint keeps. */
  float[] values() {
    return values;
  }

  void add(FloatBuffer now, long step) {
    float share = 1 - (float) Math.min(kept, (1.0 + step) / (10 + step));
    for (int i = 0; i < values.length; i++) {
      values[i] += share * (now.get(i) - values[i]);
    }
  }
}
