/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Bytes in memory. */
record HeapPayload(ByteString content) implements Payload {
  @Override
  public long bytes() {
    return content.size();
  }

  @Override
  public void read(Sink sink) throws IOException {
    ByteBuffer all = content.asReadOnlyByteBuffer();
    for (int from = 0; from < all.limit(); from += BLOCK_BYTES) {
      int length = Math.min(BLOCK_BYTES, all.limit() - from);
      sink.accept(all.slice(from, length).order(ByteOrder.LITTLE_ENDIAN));
    }
  }
}
