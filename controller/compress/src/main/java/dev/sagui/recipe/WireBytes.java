/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.entropy.ChunkEncoder;
import dev.sagui.onnx.OnnxModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a model's files take on the way to a device: their chunks as the controller sends them. */
final class WireBytes {
  private WireBytes() {}

  /** Bytes of all chunks, each coded if that is shorter, without the messages' headers. */
  static long of(OnnxModel model) throws IOException {
    ChunkEncoder encoder = new ChunkEncoder();
    byte[] chunk = new byte[ChunkTable.CHUNK_BYTES];
    long bytes = 0;
    for (Path file : model.files()) {
      try (InputStream in = Files.newInputStream(file)) {
        for (int n = in.readNBytes(chunk, 0, chunk.length);
            n > 0;
            n = in.readNBytes(chunk, 0, chunk.length)) {
          int length = n;
          bytes += encoder.shorter(chunk, n).map(coded -> coded.length).orElse(length);
        }
      }
    }
    return bytes;
  }
}
