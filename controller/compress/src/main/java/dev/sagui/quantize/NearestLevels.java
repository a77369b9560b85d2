/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** The nearest level of each element of a float32 weight, a byte each, computed when it is read. */
record NearestLevels(Payload weight, ChannelLayout layout, float[] scales, LevelGrid grid)
    implements Payload {
  static Levels of(Payload weight) {
    return (scales, layout, grid) -> new NearestLevels(weight, layout, scales.values(), grid);
  }

  @Override
  public long bytes() {
    return weight.bytes() / Float.BYTES;
  }

  @Override
  public void read(Sink sink) throws IOException {
    ChannelLayout.Cursor cursor = layout.new Cursor();
    byte[] levels = new byte[BLOCK_BYTES / Float.BYTES];
    weight.read(
        block -> {
          FloatBuffer floats = block.asFloatBuffer();
          int count = floats.remaining();
          for (int i = 0; i < count; i++) {
            levels[i] = (byte) grid.nearest((double) floats.get() / scales[cursor.channel()]);
            cursor.advance(1);
          }
          sink.accept(ByteBuffer.wrap(levels, 0, count));
        });
  }
}
