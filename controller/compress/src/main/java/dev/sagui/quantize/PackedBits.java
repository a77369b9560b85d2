/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Some bits of each level, packed: the first element in the lowest bits of a byte (ONNX IR, "4 bit
 * integer types").
 *
 * @param levels one byte an element
 * @param shift the lowest of the bits
 * @param bits 1, 2, 4 or 8
 */
record PackedBits(Payload levels, int shift, int bits) implements Payload {
  @Override
  public long bytes() {
    int each = Byte.SIZE / bits;
    return (levels.bytes() + each - 1) / each;
  }

  @Override
  public void read(Sink sink) throws IOException {
    int each = Byte.SIZE / bits;
    int mask = (1 << bits) - 1;
    // Blocks hold a multiple of eight elements but for the last.
    levels.read(
        block -> {
          byte[] packed = new byte[(block.remaining() + each - 1) / each];
          for (int i = 0; block.hasRemaining(); i++) {
            packed[i / each] |= (byte) (((block.get() >> shift) & mask) << (i % each * bits));
          }
          sink.accept(ByteBuffer.wrap(packed));
        });
  }
}
