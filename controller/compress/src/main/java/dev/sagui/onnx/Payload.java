/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A tensor's little-endian bytes, wherever they are. */
public interface Payload {
  /** Bytes of a full block; a multiple of every element size. */
  int BLOCK_BYTES = 1 << 18;

  /** Takes one block after the other, each full but the last. */
  @FunctionalInterface
  interface Sink {
    /**
     * @param block little-endian, from its position to its limit; valid during the call only
     */
    void accept(ByteBuffer block) throws IOException;
  }

  long bytes();

  /** Reads all bytes in order, in blocks of {@link #BLOCK_BYTES}. */
  void read(Sink sink) throws IOException;

  /** Bytes that are in memory already; for small tensors. */
  static Payload of(ByteString bytes) {
    return new HeapPayload(bytes);
  }

  /** All bytes at once; for small tensors. */
  default ByteString toByteString() throws IOException {
    ByteString.Output out = ByteString.newOutput(Math.toIntExact(bytes()));
    read(
        block -> {
          byte[] copy = new byte[block.remaining()];
          block.get(copy);
          out.write(copy);
        });
    return out.toByteString();
  }

  /** The first {@code count} bytes, or all if there are fewer. */
  default ByteString first(int count) throws IOException {
    ByteString.Output out = ByteString.newOutput(count);
    read(
        block -> {
          byte[] copy = new byte[Math.min(block.remaining(), count - out.size())];
          block.get(copy);
          out.write(copy);
        });
    return out.toByteString();
  }
}
