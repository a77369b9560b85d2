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
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Bytes of a file, read block by block.
 *
 * <p>Reads and does not map: a file that is cut short meanwhile is an exception here, and would be
 * a SIGBUS there. Full blocks lie outside the heap, where the channel reads to without a copy;
 * there are as many of them as reads at one time.
 */
public record FileSpan(Path file, long offset, long bytes) implements Payload {
  private static final ConcurrentLinkedDeque<ByteBuffer> FREE = new ConcurrentLinkedDeque<>();

  @Override
  public void read(Sink sink) throws IOException {
    ByteBuffer block = block();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (long done = 0; done < bytes; done += block.limit()) {
        block.clear().limit((int) Math.min(block.capacity(), bytes - done));
        fill(channel, block, offset + done);
        sink.accept(block.flip().order(ByteOrder.LITTLE_ENDIAN));
      }
    } finally {
      if (block.isDirect()) {
        FREE.push(block);
      }
    }
  }

  private ByteBuffer block() {
    if (bytes < BLOCK_BYTES) {
      return ByteBuffer.allocate((int) bytes);
    }
    ByteBuffer free = FREE.poll();
    return free == null ? ByteBuffer.allocateDirect(BLOCK_BYTES) : free;
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
