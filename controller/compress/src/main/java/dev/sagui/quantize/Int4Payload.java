/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * A float32 weight as int4, computed block by block when it is read: two elements a byte, the first
 * in the low half (ONNX IR, "4 bit integer types").
 */
record Int4Payload(Payload weight, ChannelLayout layout, float[] scales) implements Payload {
  static final int BITS = 4;

  @Override
  public long bytes() {
    return (weight.bytes() / Float.BYTES + 1) / 2;
  }

  @Override
  public void read(Sink sink) throws IOException {
    ChannelLayout.Cursor cursor = layout.new Cursor();
    // Blocks hold an even number of elements but for the last.
    byte[] packed = new byte[BLOCK_BYTES / Float.BYTES / 2];
    weight.read(
        block -> {
          FloatBuffer floats = block.asFloatBuffer();
          int count = floats.remaining();
          for (int i = 0; i < count; i++) {
            int level = level(floats.get(), scales[cursor.channel()], BITS) & 0xF;
            packed[i / 2] = (byte) (i % 2 == 0 ? level : packed[i / 2] | (level << 4));
            cursor.advance(1);
          }
          sink.accept(ByteBuffer.wrap(packed, 0, (count + 1) / 2));
        });
  }

  /** The nearest of those that two's complement has; a scale may be negative. */
  static int level(double value, float scale, int bits) {
    int most = 1 << (bits - 1);
    return Math.max(-most, Math.min(most - 1, (int) Math.rint(value / scale)));
  }
}
