/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import com.google.protobuf.ByteString;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.FileSpan;
import dev.sagui.onnx.Payload;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What pruning looks at and writes to besides the model.
 *
 * @param samples that say what layers see; without them magnitudes decide
 * @param scratch lives until the model is written
 * @param threads of ONNX Runtime
 */
public record SparsityData(Optional<Samples> samples, Scratch scratch, int threads) {
  private static final int HEAP_FLOATS = 1 << 18;
  private static final int BLOCK_FLOATS = 1 << 16;

  /** Weights to be written, in a scratch file when there are many. */
  Payload stored(float[] weights) throws IOException {
    if (weights.length <= HEAP_FLOATS) {
      return Payload.of(ByteString.copyFrom(block(weights, 0, weights.length)));
    }
    Path file = scratch.next();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int from = 0; from < weights.length; from += BLOCK_FLOATS) {
        ByteBuffer block = block(weights, from, Math.min(BLOCK_FLOATS, weights.length - from));
        while (block.hasRemaining()) {
          channel.write(block);
        }
      }
    }
    return new FileSpan(file, 0, (long) Float.BYTES * weights.length);
  }

  private static ByteBuffer block(float[] weights, int from, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * count).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(weights, from, count);
    return bytes;
  }
}
