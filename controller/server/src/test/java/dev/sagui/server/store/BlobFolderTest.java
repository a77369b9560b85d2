/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobFolderTest {
  @TempDir Path folder;

  @Test
  void storesUnderTheDigestWithATableThatChecksEachChunk() throws IOException {
    byte[] bytes = random(ChunkTable.CHUNK_BYTES + 7);
    BlobFolder.Stored stored = new BlobFolder(folder, Long.MAX_VALUE).put(bytes);
    assertEquals(Digest.of(bytes), stored.digest());
    ChunkTable table = ChunkTable.parse(stored.chunkDigests(), bytes.length);
    table.check(1, bytes, ChunkTable.CHUNK_BYTES, 7);
    assertArrayEquals(
        bytes, Files.readAllBytes(new BlobFolder(folder, Long.MAX_VALUE).path(stored.digest())));
  }

  @Test
  void fullDiskIsNamedAndLeavesNothing() throws IOException {
    BlobFolder blobs = new BlobFolder(folder, 1_000);
    RejectedException e = assertThrows(RejectedException.class, () -> blobs.put(random(1_001)));
    assertEquals(FailureCode.DISK_FULL, e.code());
    try (var files = Files.walk(folder)) {
      assertEquals(0, files.filter(Files::isRegularFile).count());
    }
    blobs.put(random(1_000)); // what fits still fits
  }

  @Test
  void theControllerForgetsHalfAnUploadAtItsStartAndAWorkerDoesNot() throws IOException {
    new BlobFolder(folder, Long.MAX_VALUE);
    Path part = Files.write(folder.resolve("incoming").resolve("x.part"), random(10));
    BlobFolder blobs = new BlobFolder(folder, Long.MAX_VALUE);
    assertEquals(true, Files.exists(part));
    blobs.clearIncoming();
    assertEquals(false, Files.exists(part));
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
