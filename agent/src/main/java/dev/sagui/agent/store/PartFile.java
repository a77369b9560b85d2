/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.store;

import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * An unfinished artifact. Chunks are not forced one by one: what a power cut took is found by
 * hashing what lies there when it is opened again. Owned by one thread.
 */
public final class PartFile implements AutoCloseable {
  private final Path path;
  private final Digest digest;
  private final ChunkTable table;
  private final FileChannel channel;
  private final BitSet missing;
  private final PrefixHash whole;

  private PartFile(Path path, Digest digest, ChunkTable table, FileChannel channel) {
    this.path = path;
    this.digest = digest;
    this.table = table;
    this.channel = channel;
    this.missing = new BitSet(table.count());
    this.whole = new PrefixHash(channel);
  }

  static PartFile open(Path path, Digest digest, ChunkTable table) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (channel.size() > table.sizeBytes()) {
      channel.truncate(table.sizeBytes()); // else the whole could never be right
    }
    PartFile part = new PartFile(path, digest, table, channel);
    part.hashWhatIsThere();
    return part;
  }

  private void hashWhatIsThere() throws IOException {
    byte[] chunk = new byte[ChunkTable.CHUNK_BYTES];
    for (int i = 0; i < table.count(); i++) {
      int length = ChunkTable.lengthOf(i, table.sizeBytes());
      int read = readFully(channel, ByteBuffer.wrap(chunk, 0, length), ChunkTable.offsetOf(i));
      missing.set(i, read < length || !isChunk(i, chunk, length));
    }
    whole.reached(prefix());
  }

  /** Bytes from the first on that are right. */
  private long prefix() {
    int next = missing.nextSetBit(0);
    return next < 0 ? table.sizeBytes() : ChunkTable.offsetOf(next);
  }

  private boolean isChunk(int index, byte[] bytes, int length) {
    try {
      table.check(index, bytes, 0, length);
      return true;
    } catch (RejectedException e) {
      return false; // a hole, or rot: fetched again
    }
  }

  /** Bytes read, fewer than there is room for where the file ends. */
  static int readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
    int total = 0;
    while (into.hasRemaining()) {
      int read = channel.read(into, position + total);
      if (read < 0) {
        break;
      }
      total += read;
    }
    return total;
  }

  /** Chunks that are not here yet. */
  public ChunkSet missing() {
    return new ChunkSet(missing);
  }

  public ChunkTable table() {
    return table;
  }

  Path path() {
    return path;
  }

  Digest digest() {
    return digest;
  }

  /**
   * Keeps a chunk.
   *
   * @throws RejectedException when it is not the signed one; nothing was written
   */
  public void write(int index, byte[] bytes, int offset, int length) throws IOException {
    table.check(index, bytes, offset, length);
    ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
    long position = ChunkTable.offsetOf(index);
    while (left.hasRemaining()) {
      position += channel.write(left, position);
    }
    missing.clear(index);
    whole.reached(prefix());
  }

  /** Checks the whole, forces it, and closes. */
  void finish() throws IOException {
    Digest found = whole.finish(table.sizeBytes());
    if (!found.equals(digest)) {
      throw new RejectedException(
          FailureCode.ARTIFACT_DIGEST_MISMATCH,
          "every chunk was right but the whole is %s, expected %s"
              .formatted(found.abbreviated(), digest.abbreviated()));
    }
    channel.force(true);
    channel.close();
  }

  @Override
  public void close() throws IOException {
    whole.close();
    channel.close();
  }
}
