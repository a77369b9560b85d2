/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fold;

import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Float32 weights times a factor for each run of {@code inner} elements; the factors start over
 * when they end. Computed while it is read.
 */
public record ScaledPayload(Payload weights, double[] factors, long inner) implements Payload {
  @Override
  public long bytes() {
    return weights.bytes();
  }

  @Override
  public void read(Sink sink) throws IOException {
    long[] at = {0};
    weights.read(
        block -> {
          ByteBuffer scaled = ByteBuffer.allocate(block.remaining()).order(ByteOrder.LITTLE_ENDIAN);
          while (block.hasRemaining()) {
            double factor = factors[(int) (at[0]++ / inner % factors.length)];
            scaled.putFloat((float) (block.getFloat() * factor));
          }
          sink.accept(scaled.flip());
        });
  }
}
