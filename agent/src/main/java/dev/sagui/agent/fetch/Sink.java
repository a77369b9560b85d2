/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.PartFile;
import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;

/** Where the chunks of one artifact go. */
interface Sink {
  ChunkSet missing();

  int chunks();

  /** Bytes of chunk {@code index}, which is one of {@link #chunks()}. */
  int lengthOf(int index);

  /**
   * Keeps a chunk.
   *
   * @throws RejectedException when it is wrong; nothing was kept
   */
  void write(int index, byte[] bytes, int offset, int length) throws IOException;

  /**
   * All chunks are here: checks the whole and stores it.
   *
   * @throws RejectedException ARTIFACT_DIGEST_MISMATCH
   */
  void finish(ArtifactStore store) throws IOException;

  void close() throws IOException;

  /** A file whose chunk table is known. */
  record File(PartFile part) implements Sink {
    @Override
    public ChunkSet missing() {
      return part.missing();
    }

    @Override
    public int chunks() {
      return part.table().count();
    }

    @Override
    public int lengthOf(int index) {
      return ChunkTable.lengthOf(index, part.table().sizeBytes());
    }

    @Override
    public void write(int index, byte[] bytes, int offset, int length) throws IOException {
      part.write(index, bytes, offset, length);
    }

    @Override
    public void finish(ArtifactStore store) throws IOException {
      store.complete(part);
    }

    @Override
    public void close() throws IOException {
      part.close();
    }
  }

  /** A signed manifest or a chunk table: small, and checked as a whole. */
  record Memory(Digest digest, byte[] bytes) implements Sink {
    static Memory of(Digest digest, long sizeBytes, int maxBytes) {
      if (sizeBytes < 1 || sizeBytes > maxBytes) {
        throw new RejectedException(
            FailureCode.PAYLOAD_TOO_LARGE,
            "artifact %s has %d bytes, at most %d are read"
                .formatted(digest.abbreviated(), sizeBytes, maxBytes));
      }
      return new Memory(digest, new byte[(int) sizeBytes]);
    }

    @Override
    public ChunkSet missing() {
      return ChunkSet.all(chunks());
    }

    @Override
    public int chunks() {
      return ChunkTable.count(bytes.length);
    }

    @Override
    public int lengthOf(int index) {
      return ChunkTable.lengthOf(index, bytes.length);
    }

    @Override
    public void write(int index, byte[] from, int offset, int length) {
      if (length != lengthOf(index)) {
        throw new RejectedException(
            FailureCode.CHUNK_TOO_LONG,
            "chunk %d must have %d bytes, found %d".formatted(index, lengthOf(index), length));
      }
      System.arraycopy(from, offset, bytes, (int) ChunkTable.offsetOf(index), length);
    }

    @Override
    public void finish(ArtifactStore store) throws IOException {
      store.put(digest, bytes);
    }

    @Override
    public void close() {
      // nothing is open
    }
  }
}
