/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.difference.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A blob that is read at any place. */
public record FileBytes(FileChannel channel, long sizeBytes) implements Bytes, AutoCloseable {
  /** Opens a blob, which does not change. */
  public static FileBytes open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    return new FileBytes(channel, channel.size());
  }

  @Override
  public int read(long position, byte[] into, int offset, int length) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(into, offset, length).slice();
    while (left.hasRemaining() && channel.read(left, position + left.position()) >= 0) {
      // reads until it is full
    }
    return left.position();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
