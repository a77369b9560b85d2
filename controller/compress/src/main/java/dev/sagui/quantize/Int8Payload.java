/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** A float32 weight as int8, computed block by block when it is read. */
record Int8Payload(Payload weight, ChannelLayout layout, float[] scales) implements Payload {
  /** 1.5 · 2²³: a float this far out has steps of 1, so adding it rounds to even. */
  private static final float ROUND = 12_582_912f;

  /** The bits of a sum less these are the rounded number. */
  private static final int ROUND_BITS = 0x4b400000;

  static Levels of(Payload weight) {
    return (scales, layout, grid) -> new Int8Payload(weight, layout, scales.values());
  }

  @Override
  public long bytes() {
    return weight.bytes() / Float.BYTES;
  }

  @Override
  public void read(Sink sink) throws IOException {
    ChannelLayout.Cursor cursor = layout.new Cursor();
    float[] values = new float[BLOCK_BYTES / Float.BYTES];
    byte[] levels = new byte[values.length];
    weight.read(
        block -> {
          FloatBuffer floats = block.asFloatBuffer();
          int count = floats.remaining();
          floats.get(values, 0, count);
          quantize(cursor, values, levels, count);
          sink.accept(ByteBuffer.wrap(levels, 0, count));
        });
  }

  private void quantize(ChannelLayout.Cursor cursor, float[] values, byte[] levels, int count) {
    for (int i = 0; i < count; ) {
      int run = cursor.run(count - i);
      if (cursor.isInterleaved()) {
        interleaved(values, levels, i, run, cursor.channel());
      } else {
        one(values, levels, i, run, scales[cursor.channel()]);
      }
      cursor.advance(run);
      i += run;
    }
  }

  private static void one(float[] values, byte[] levels, int from, int count, float scale) {
    for (int k = from; k < from + count; k++) {
      levels[k] = level(values[k], scale);
    }
  }

  private void interleaved(float[] values, byte[] levels, int from, int count, int channel) {
    for (int k = 0; k < count; k++) {
      levels[from + k] = level(values[from + k], scales[channel + k]);
    }
  }

  private static byte level(float value, float scale) {
    int level = Float.floatToRawIntBits(value / scale + ROUND) - ROUND_BITS;
    return (byte) Math.max(-ChannelRanges.LEVELS, Math.min(ChannelRanges.LEVELS, level));
  }
}
