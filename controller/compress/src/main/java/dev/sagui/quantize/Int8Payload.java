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
      float scale = scales[cursor.channel()];
      for (int k = i; k < i + run; k++) {
        levels[k] = level(values[k], scale);
      }
      cursor.advance(run);
      i += run;
    }
  }

  static byte level(float value, float scale) {
    int level = (int) Math.rint(value / scale);
    return (byte) Math.max(-ChannelRanges.LEVELS, Math.min(ChannelRanges.LEVELS, level));
  }
}
