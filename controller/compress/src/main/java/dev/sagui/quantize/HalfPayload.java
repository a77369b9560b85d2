/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.Half;
import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A float32 weight as binary16, computed block by block when it is read. */
record HalfPayload(Payload weight) implements Payload {
  @Override
  public long bytes() {
    return weight.bytes() / 2;
  }

  @Override
  public void read(Sink sink) throws IOException {
    ByteBuffer halves = ByteBuffer.allocate(BLOCK_BYTES / 2).order(ByteOrder.LITTLE_ENDIAN);
    weight.read(
        block -> {
          halves.clear();
          while (block.hasRemaining()) {
            halves.putShort(Half.of(block.getFloat()));
          }
          sink.accept(halves.flip());
        });
  }
}
