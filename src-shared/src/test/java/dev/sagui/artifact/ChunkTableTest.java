/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.artifact;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkTableTest {
  private final byte[] artifact = bytes(2 * ChunkTable.CHUNK_BYTES + 17);
  private final ChunkTable table = ChunkTable.parse(digests(artifact), artifact.length);

  @Test
  void acceptsEveryChunkOfTheArtifact() {
    for (int i = 0; i < table.count(); i++) {
      byte[] chunk = chunk(i);
      int index = i;
      assertDoesNotThrow(() -> table.check(index, chunk, 0, chunk.length));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void rejectsAnySingleFlippedBit(long seed) {
    Random random = new Random(seed);
    byte[] chunk = chunk(1);
    chunk[random.nextInt(chunk.length)] ^= (byte) (1 << random.nextInt(8));
    assertCode(FailureCode.CHUNK_DIGEST_MISMATCH, 1, chunk);
  }

  @Test
  void rejectsAChunkUnderAnotherIndex() {
    assertCode(FailureCode.CHUNK_DIGEST_MISMATCH, 0, chunk(1));
  }

  @Test
  void rejectsAnIndexThatDoesNotExist() {
    assertCode(FailureCode.CHUNK_INDEX_OUT_OF_RANGE, 3, chunk(1));
    assertCode(FailureCode.CHUNK_INDEX_OUT_OF_RANGE, -1, chunk(1));
  }

  @Test
  void rejectsAChunkThatIsTooLongOrTooShort() {
    assertCode(FailureCode.CHUNK_TOO_LONG, 2, chunk(1));
    assertCode(FailureCode.CHUNK_DIGEST_MISMATCH, 1, chunk(2));
  }

  @Test
  void rejectsATableThatDoesNotFitTheSize() {
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> ChunkTable.parse(new byte[31], artifact.length));
    assertEquals(FailureCode.MALFORMED_PAYLOAD, e.code());
  }

  @Test
  void hasNoChunksForAnEmptyArtifactAndOneMoreForEachStartedChunk() {
    assertEquals(0, ChunkTable.count(0));
    assertEquals(1, ChunkTable.count(1));
    assertEquals(1, ChunkTable.count(ChunkTable.CHUNK_BYTES));
    assertEquals(2, ChunkTable.count(ChunkTable.CHUNK_BYTES + 1L));
    assertEquals(17, ChunkTable.lengthOf(2, artifact.length));
  }

  private void assertCode(FailureCode code, int index, byte[] chunk) {
    RejectedException e =
        assertThrows(RejectedException.class, () -> table.check(index, chunk, 0, chunk.length));
    assertEquals(code, e.code());
  }

  private byte[] chunk(int index) {
    int from = index * ChunkTable.CHUNK_BYTES;
    return Arrays.copyOfRange(artifact, from, from + ChunkTable.lengthOf(index, artifact.length));
  }

  private static byte[] digests(byte[] artifact) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < ChunkTable.count(artifact.length); i++) {
      int from = (int) ChunkTable.offsetOf(i);
      int to = from + ChunkTable.lengthOf(i, artifact.length);
      out.writeBytes(Digest.of(Arrays.copyOfRange(artifact, from, to)).raw());
    }
    return out.toByteArray();
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(7).nextBytes(bytes);
    return bytes;
  }
}
