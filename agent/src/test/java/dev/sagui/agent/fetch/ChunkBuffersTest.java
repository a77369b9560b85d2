/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.wire.ChunkResponse;
import org.junit.jupiter.api.Test;

class ChunkBuffersTest {
  private static final Digest ONE = Digest.of(new byte[] {1});
  private static final Digest TWO = Digest.of(new byte[] {2});

  private final ChunkBuffers buffers = new ChunkBuffers();

  @Test
  void aMessageThatWasGivenBackIsOneOfTheNextChunk() {
    byte[] message = buffers.take(ONE, 7, ChunkTable.CHUNK_BYTES);
    assertNotSame(message, buffers.take(ONE, 8, ChunkTable.CHUNK_BYTES));
    buffers.give(message);
    assertSame(message, buffers.take(TWO, 9, ChunkTable.CHUNK_BYTES));
    ChunkResponse response = ChunkResponse.parse(message);
    assertEquals(TWO, response.artifact());
    assertEquals(9, response.index());
    assertEquals(ChunkTable.CHUNK_BYTES, response.length());
  }

  @Test
  void theShortChunkAtTheEndIsNotMixedUpWithWholeOnes() {
    byte[] last = buffers.take(ONE, 3, 5);
    assertEquals(5, ChunkResponse.parse(last).length());
    buffers.give(last);
    assertEquals(
        ChunkTable.CHUNK_BYTES,
        ChunkResponse.parse(buffers.take(ONE, 0, ChunkTable.CHUNK_BYTES)).length());
    buffers.give(buffers.take(ONE, 1, ChunkTable.CHUNK_BYTES));
    assertEquals(5, ChunkResponse.parse(buffers.take(ONE, 3, 5)).length());
  }
}
