/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.IntBuffer;

/** Largest magnitude of each channel of a float32 weight; NaN where a value is not finite. */
record ChannelRanges(float[] largest) {
  /** int8 values go from −127 to 127: symmetric, so that the zero point is 0. */
  static final int LEVELS = 127;

  private static final int MAGNITUDE = 0x7fffffff;

  /** By their bits magnitudes are ordered as integers are, with NaN at the end. */
  static ChannelRanges of(Payload weight, ChannelLayout layout) throws IOException {
    int[] largest = new int[layout.channels()];
    ChannelLayout.Cursor cursor = layout.new Cursor();
    int[] values = new int[Payload.BLOCK_BYTES / Float.BYTES];
    weight.read(
        block -> {
          IntBuffer bits = block.asIntBuffer();
          int count = bits.remaining();
          bits.get(values, 0, count);
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
    float[] magnitudes = new float[largest.length];
    for (int i = 0; i < magnitudes.length; i++) {
      magnitudes[i] = Float.intBitsToFloat(largest[i]);
    }
    return new ChannelRanges(magnitudes);
  }

  private static int largest(int start, int[] values, int from, int count) {
    int largest = start;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, values[i] & MAGNITUDE);
    }
    return largest;
  }

  private static void raise(int[] largest, int channel, int[] values, int from, int count) {
    for (int i = 0; i < count; i++) {
      largest[channel + i] = Math.max(largest[channel + i], values[from + i] & MAGNITUDE);
    }
  }

  /** The largest of all channels; NaN or infinite when a weight is. */
  float overall() {
    float overall = 0;
    for (float each : largest) {
      overall = Math.max(overall, each);
    }
    return overall;
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
