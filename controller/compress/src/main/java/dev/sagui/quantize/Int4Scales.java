/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.FloatBuffer;

/**
 * The scale of least squared error for each channel. There is one level more below zero than above,
 * so that a scale of either sign is tried: it turns the longer side to where the longer tail of the
 * weights is.
 */
final class Int4Scales {
  private static final int SIGNS = 2;
  private static final int SHRINKS = 14;

  private final LevelGrid grid;
  private final float[] candidates;
  private final double[] errors;

  private Int4Scales(float[] largest, int bits) {
    this.grid = LevelGrid.uniform(bits);
    this.candidates = new float[largest.length * SIGNS * SHRINKS];
    this.errors = new double[candidates.length];
    for (int i = 0; i < candidates.length; i++) {
      int candidate = i % (SIGNS * SHRINKS);
      int step = candidate / SIGNS;
      // From 1.05 down to 0.4 of the scale that maps the largest magnitude to the last level.
      float share = 1.05f - 0.05f * step;
      float scale =
          Math.max(share * largest[i / (SIGNS * SHRINKS)] / (1 << (bits - 1)), Float.MIN_NORMAL);
      candidates[i] = candidate % SIGNS == 0 ? scale : -scale;
    }
  }

  /** Reads the weight once more. */
  static float[] of(Payload weight, ChannelLayout layout, ChannelRanges ranges, int bits)
      throws IOException {
    Int4Scales search = new Int4Scales(ranges.largest(), bits);
    ChannelLayout.Cursor cursor = layout.new Cursor();
    weight.read(
        block -> {
          FloatBuffer floats = block.asFloatBuffer();
          while (floats.hasRemaining()) {
            search.add(floats.get(), cursor.channel());
            cursor.advance(1);
          }
        });
    return search.best(layout.channels());
  }

  private void add(float value, int channel) {
    int from = channel * SIGNS * SHRINKS;
    for (int i = from; i < from + SIGNS * SHRINKS; i++) {
      float error = value - candidates[i] * grid.nearest(value / candidates[i]);
      errors[i] += (double) error * error;
    }
  }

  private float[] best(int channels) {
    float[] scales = new float[channels];
    for (int channel = 0; channel < channels; channel++) {
      int from = channel * SIGNS * SHRINKS;
      int best = from;
      for (int i = from; i < from + SIGNS * SHRINKS; i++) {
        best = errors[i] < errors[best] ? i : best;
      }
      scales[channel] = candidates[best];
    }
    return scales;
  }
}
