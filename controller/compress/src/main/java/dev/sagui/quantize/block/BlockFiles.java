/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import dev.sagui.fold.Scratch;
import dev.sagui.onnx.FileSpan;
import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A matrix's codes, scales and zero points in scratch files, written one output after the other.
 */
final class BlockFiles implements AutoCloseable {
  private final FileChannel codes;
  private final FileChannel scales;
  private final FileChannel zeros;
  private final Path codesFile;
  private final Path scalesFile;
  private final Path zerosFile;

  BlockFiles(Scratch scratch) throws IOException {
    codesFile = scratch.next();
    scalesFile = scratch.next();
    zerosFile = scratch.next();
    codes = create(codesFile);
    scales = create(scalesFile);
    zeros = create(zerosFile);
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  void append(PackedBlocks blocks) throws IOException {
    write(codes, ByteBuffer.wrap(blocks.codes));
    write(zeros, ByteBuffer.wrap(blocks.zeros));
    ByteBuffer floats =
        ByteBuffer.allocate(blocks.scales.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    floats.asFloatBuffer().put(blocks.scales);
    write(scales, floats);
  }

  private static void write(FileChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  Payload codes() throws IOException {
    return new FileSpan(codesFile, 0, codes.size());
  }

  Payload scales() throws IOException {
    return new FileSpan(scalesFile, 0, scales.size());
  }

  Payload zeros() throws IOException {
    return new FileSpan(zerosFile, 0, zeros.size());
  }

  @Override
  public void close() throws IOException {
    codes.close();
    scales.close();
    zeros.close();
  }
}
