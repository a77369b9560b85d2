/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import com.google.protobuf.ByteString;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Bytes of a file, read block by block.
 *
 * <p>Reads and does not map: a file that is cut short meanwhile is an exception here, and would be
 * a SIGBUS there.
 */
public record FileSpan(Path file, long offset, long bytes) implements Payload {
  @Override
  public void read(Sink sink) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer block =
          ByteBuffer.allocate((int) Math.min(BLOCK_BYTES, bytes)).order(ByteOrder.LITTLE_ENDIAN);
      for (long done = 0; done < bytes; done += block.limit()) {
        block.clear().limit((int) Math.min(block.capacity(), bytes - done));
        fill(channel, block, offset + done);
        sink.accept(block.flip());
      }
    }
  }

  @Override
  public ByteString first(int count) throws IOException {
    return new FileSpan(file, offset, Math.min(count, bytes)).toByteString();
  }

  private void fill(FileChannel channel, ByteBuffer block, long from) throws IOException {
    long at = from;
    while (block.hasRemaining()) {
      int count = channel.read(block, at);
      if (count < 0) {
        throw new EOFException(file + " ended while it was read; leave it alone and try again");
      }
      at += count;
    }
  }
}
