/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.linear;

import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A float32 matrix times a factor for each input, computed while it is read.
 *
 * @param byRow whether a row has all inputs of one output, else all outputs of one input
 */
record ScaledInputs(Payload weight, int columns, boolean byRow, double[] factors)
    implements Payload {
  @Override
  public long bytes() {
    return weight.bytes();
  }

  @Override
  public void read(Sink sink) throws IOException {
    long[] at = {0};
    weight.read(
        block -> {
          ByteBuffer scaled = ByteBuffer.allocate(block.remaining()).order(ByteOrder.LITTLE_ENDIAN);
          while (block.hasRemaining()) {
            int input = (int) (byRow ? at[0] % columns : at[0] / columns);
            scaled.putFloat((float) (block.getFloat() * factors[input]));
            at[0]++;
          }
          sink.accept(scaled.flip());
        });
  }
}
