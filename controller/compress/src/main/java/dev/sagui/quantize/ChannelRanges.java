/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.FloatBuffer;

/** Largest magnitude of each channel of a float32 weight; NaN where a value is not finite. */
record ChannelRanges(float[] largest) {
  /** int8 values go from −127 to 127: symmetric, so that the zero point is 0. */
  static final int LEVELS = 127;

  private static final int MAGNITUDE = 0x7fffffff;

  static ChannelRanges of(Payload weight, ChannelLayout layout) throws IOException {
    float[] largest = new float[layout.channels()];
    ChannelLayout.Cursor cursor = layout.new Cursor();
    float[] values = new float[Payload.BLOCK_BYTES / Float.BYTES];
    weight.read(
        block -> {
          FloatBuffer floats = block.asFloatBuffer();
          int count = floats.remaining();
          floats.get(values, 0, count);
          for (int i = 0; i < count; ) {
            int run = cursor.run(count - i);
            int channel = cursor.channel();
            if (cursor.isInterleaved()) {
              raise(largest, channel, values, i, run);
            } else {
              largest[channel] = largest(largest[channel], values, i, run);
            }
            cursor.advance(run);
            i += run;
          }
        });
    return new ChannelRanges(largest);
  }

  /** By their bits magnitudes are ordered as integers are, with NaN at the end. */
  private static float largest(float start, float[] values, int from, int count) {
    int largest = Float.floatToRawIntBits(start);
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & MAGNITUDE);
    }
    return Float.intBitsToFloat(largest);
  }

  private static void raise(float[] largest, int channel, float[] values, int from, int count) {
    for (int i = 0; i < count; i++) {
      largest[channel + i] = Math.max(largest[channel + i], Math.abs(values[from + i]));
    }
  }

  /** The largest of all channels; NaN or infinite when a weight is. */
  float overall() {
    return largest(0, largest, 0, largest.length);
  }

  /** Scale of each channel: w ≈ scale · q with q from −127 to 127. */
  float[] scales() {
    float[] scales = new float[largest.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = Math.max(largest[i] / LEVELS, Float.MIN_NORMAL);
    }
    return scales;
  }
}
