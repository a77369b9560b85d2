/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run;

import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The batches of one value, one behind the other in a file. One thread. */
final class ValueFile {
  private record Piece(List<Long> shape, long offset, int bytes) {}

  private final Path file;
  private final List<Piece> pieces = new ArrayList<>();
  private DataType type = DataType.FP32;
  private long size;

  ValueFile(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  DataType type() {
    return type;
  }

  int batches() {
    return pieces.size();
  }

  void append(Tensor batch) throws IOException {
    ByteBuffer data = batch.data();
    pieces.add(new Piece(batch.shape(), size, data.remaining()));
    type = batch.type();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      while (data.hasRemaining()) {
        size += channel.write(data, size);
      }
    }
  }

  Tensor read(String name, int batch) throws IOException {
    Piece piece = pieces.get(batch);
    ByteBuffer data = ByteBuffer.allocate(piece.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (data.hasRemaining()) {
        if (channel.read(data, piece.offset() + data.position()) < 0) {
          throw new IOException(file + " ended while it was read; leave it alone and try again");
        }
      }
    }
    return new Tensor(name, type, piece.shape(), data.flip());
  }
}
