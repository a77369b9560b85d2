/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.difference.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** Bytes of a seed, with their digest and chunk table. */
public record Artifact(byte[] bytes) implements Bytes {
  /** Random bytes: {@code chunks - 1} whole chunks and a last one of 1,000 bytes. */
  public static Artifact ofChunks(long seed, int chunks) {
    byte[] bytes = new byte[(chunks - 1) * ChunkTable.CHUNK_BYTES + 1_000];
    new Random(seed).nextBytes(bytes);
    return new Artifact(bytes);
  }

  public Digest digest() {
    return Digest.of(bytes);
  }

  public int count() {
    return ChunkTable.count(bytes.length);
  }

  public byte[] chunk(int index) {
    int from = (int) ChunkTable.offsetOf(index);
    return Arrays.copyOfRange(bytes, from, from + ChunkTable.lengthOf(index, bytes.length));
  }

  /** The raw digests of all chunks. */
  public Artifact tableBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < count(); i++) {
      out.writeBytes(Digest.of(chunk(i)).raw());
    }
    return new Artifact(out.toByteArray());
  }

  public ChunkTable table() {
    return ChunkTable.parse(tableBytes().bytes(), bytes.length);
  }

  @Override
  public long sizeBytes() {
    return bytes.length;
  }

  @Override
  public int read(long position, byte[] into, int offset, int length) {
    int from = (int) Math.min(position, bytes.length);
    int read = Math.min(length, bytes.length - from);
    System.arraycopy(bytes, from, into, offset, read);
    return read;
  }
}
