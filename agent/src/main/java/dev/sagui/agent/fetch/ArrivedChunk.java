/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.entropy.ChunkDecoder;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.util.Optional;

/** Gives a sink the bytes of a chunk, however they travelled. Owned by one thread. */
final class ArrivedChunk {
  /** Made when the first coded chunk comes. */
  private Optional<Decoding> decoding = Optional.empty();

  private record Decoding(ChunkDecoder decoder, byte[] bytes) {}

  /**
   * @throws dev.sagui.failure.RejectedException when the chunk is wrong; nothing was kept
   */
  void write(ChunkResponse response, Sink sink) throws IOException {
    int index = response.index();
    byte[] message = response.message();
    if (response.kind() != ChunkResponse.Kind.CODED) {
      sink.write(index, message, ChunkResponse.HEADER_BYTES, response.length());
      return;
    }
    Decoding with = decoding.orElseGet(ArrivedChunk::decoding);
    decoding = Optional.of(with);
    int length = sink.lengthOf(index);
    with.decoder.decode(message, ChunkResponse.HEADER_BYTES, response.length(), with.bytes, length);
    sink.write(index, with.bytes, 0, length);
  }

  private static Decoding decoding() {
    return new Decoding(new ChunkDecoder(), new byte[ChunkTable.CHUNK_BYTES]);
  }
}
