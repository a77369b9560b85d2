/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.entropy.Coding;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import dev.sagui.wire.ChunkResponse.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkMessagesTest {
  @TempDir Path home;
  private BlobFolder blobs;
  private ChunkMessages messages;

  @BeforeEach
  void open() throws IOException {
    blobs = new BlobFolder(home, Long.MAX_VALUE);
    messages = new ChunkMessages(blobs);
  }

  /** Of bytes below {@code bound}: the lower it is, the shorter is the code. */
  private Digest artifact(int chunks, int bound) throws IOException {
    byte[] bytes = new byte[chunks * ChunkTable.CHUNK_BYTES];
    Random random = new Random(3);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextInt(bound);
    }
    return blobs.put(bytes).digest();
  }

  private byte[] message(Digest artifact, int index, Coding reads) throws IOException {
    return messages
        .messages(new ChunkRequest(artifact, 1, ChunkSet.of(index), reads), index)
        .get(0);
  }

  private Kind kind(Digest artifact, int index, Coding reads) throws IOException {
    return ChunkResponse.parse(message(artifact, index, reads)).kind();
  }

  @Test
  void codesForThoseWhoReadItWhatGetsShorter() throws IOException {
    Digest skewed = artifact(1, 64);
    Digest noise = artifact(1, 256);
    assertEquals(Kind.CODED, kind(skewed, 0, Coding.RANS));
    assertEquals(Kind.DATA, kind(skewed, 0, Coding.NONE));
    assertEquals(Kind.DATA, kind(noise, 0, Coding.RANS));
  }

  @Test
  void oneReadOfTheDiskIsForAllWhoAskSoon() throws IOException {
    Digest noise = artifact(1, 256);
    for (Coding reads : new Coding[] {Coding.RANS, Coding.NONE}) {
      assertSame(message(noise, 0, reads), message(noise, 0, reads));
    }
  }

  @Test
  void keepsWhatItCodedLast() throws IOException {
    int chunks = 200; // 18 MB coded, more than is kept
    Digest skewed = artifact(chunks, 64);
    byte[] first = message(skewed, 0, Coding.RANS);
    assertSame(first, message(skewed, 0, Coding.RANS));
    for (int i = 1; i < chunks; i++) {
      message(skewed, i, Coding.RANS);
    }
    byte[] again = message(skewed, 0, Coding.RANS);
    assertNotSame(first, again);
    assertArrayEquals(first, again);
  }

  @Test
  void readsAFileAnewThatWasWrittenAnew() throws IOException {
    Digest skewed = artifact(1, 64);
    byte[] right = message(skewed, 0, Coding.RANS);
    Path file = blobs.path(skewed);
    byte[] bytes = Files.readAllBytes(file);
    bytes[7] ^= 1;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    assertFalse(Arrays.equals(right, message(skewed, 0, Coding.RANS)));
    bytes[7] ^= 1;
    Files.write(file, bytes);
    assertArrayEquals(right, message(skewed, 0, Coding.RANS));
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    assertEquals(Kind.MISSING, kind(artifact(1, 64), 1, Coding.RANS));
    Digest unknown = Digest.of(new byte[] {1});
    assertThrows(NoSuchFileException.class, () -> message(unknown, 0, Coding.RANS));
  }
}
