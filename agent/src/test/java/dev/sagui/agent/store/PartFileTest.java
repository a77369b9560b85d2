/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartFileTest {
  private static final Artifact WANTED = Artifact.ofChunks(7, 5);
  @TempDir Path home;
  private ArtifactStore store;

  @BeforeEach
  void open() throws IOException {
    store = new ArtifactStore(home);
  }

  @Test
  void missesEverythingAtFirst() throws IOException {
    try (PartFile part = part()) {
      assertEquals(ChunkSet.all(5), part.missing());
    }
  }

  @Test
  void resumesWithTheChunksItHad() throws IOException {
    write(1, 4);
    try (PartFile part = part()) {
      assertEquals(ChunkSet.of(0, 2, 3), part.missing());
    }
  }

  @Test
  void cutsOffWhatIsBeyondTheEnd() throws IOException {
    write(0, 1, 2, 3, 4);
    overwrite(WANTED.bytes().length + 5L, (byte) 1);
    try (PartFile part = part()) {
      assertTrue(part.missing().isEmpty());
      store.complete(part);
    }
    assertArrayEquals(
        WANTED.bytes(), Files.readAllBytes(store.find(WANTED.digest()).orElseThrow()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 119_999, 122_879})
  void aRottedChunkIsMissingAgain(int at) throws IOException {
    write(0, 1, 2);
    overwrite(ChunkTable.CHUNK_BYTES + (long) at, (byte) (WANTED.chunk(1)[at] ^ 1));
    try (PartFile part = part()) {
      assertEquals(ChunkSet.of(1, 3, 4), part.missing());
    }
  }

  @Test
  void aTruncatedPartMissesWhatWasCutOff() throws IOException {
    write(0, 1, 2, 3, 4);
    try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
      channel.truncate(2L * ChunkTable.CHUNK_BYTES + 17);
    }
    try (PartFile part = part()) {
      assertEquals(ChunkSet.of(2, 3, 4), part.missing());
    }
  }

  @Test
  void aWrongChunkIsRefusedAndNothingIsWritten() throws IOException {
    try (PartFile part = part()) {
      byte[] wrong = WANTED.chunk(2);
      wrong[99] ^= 4;
      assertCode(FailureCode.CHUNK_DIGEST_MISMATCH, part, 2, wrong);
      assertCode(FailureCode.CHUNK_DIGEST_MISMATCH, part, 2, new byte[0]);
      assertCode(FailureCode.CHUNK_TOO_LONG, part, 4, WANTED.chunk(0));
      assertCode(FailureCode.CHUNK_INDEX_OUT_OF_RANGE, part, 5, WANTED.chunk(0));
      assertEquals(ChunkSet.all(5), part.missing());
      assertEquals(0, Files.size(path()));
    }
  }

  @Test
  void completesInAnyOrderUnderItsFinalName() throws IOException {
    write(4, 0, 2);
    PartFile part = part();
    for (int index : new int[] {3, 1}) {
      byte[] chunk = WANTED.chunk(index);
      part.write(index, chunk, 0, chunk.length);
    }
    assertTrue(store.find(WANTED.digest()).isEmpty());
    store.complete(part);
    assertArrayEquals(
        WANTED.bytes(), Files.readAllBytes(store.find(WANTED.digest()).orElseThrow()));
    assertTrue(Files.notExists(path()));
  }

  @Test
  void aWholeThatIsNotTheSignedOneNeverGetsItsFinalName() throws IOException {
    Digest other = Digest.of(new byte[] {1});
    PartFile part = store.part(other, WANTED.table());
    for (int i = 0; i < WANTED.count(); i++) {
      part.write(i, WANTED.chunk(i), 0, WANTED.chunk(i).length);
    }
    RejectedException e = assertThrows(RejectedException.class, () -> store.complete(part));
    part.close();
    assertEquals(FailureCode.ARTIFACT_DIGEST_MISMATCH, e.code());
    assertTrue(store.find(other).isEmpty());
  }

  private static void assertCode(FailureCode code, PartFile part, int index, byte[] bytes) {
    RejectedException e =
        assertThrows(RejectedException.class, () -> part.write(index, bytes, 0, bytes.length));
    assertEquals(code, e.code());
  }

  private void write(int... indices) throws IOException {
    try (PartFile part = part()) {
      for (int index : indices) {
        byte[] chunk = WANTED.chunk(index);
        part.write(index, chunk, 0, chunk.length);
      }
    }
  }

  private void overwrite(long position, byte value) throws IOException {
    try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {value}), position);
    }
  }

  private PartFile part() throws IOException {
    return store.part(WANTED.digest(), WANTED.table());
  }

  private Path path() {
    return home.resolve("parts").resolve(WANTED.digest().hex() + ".part");
  }
}
