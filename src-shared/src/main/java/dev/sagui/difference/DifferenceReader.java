/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.difference;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.entropy.ChunkDecoder;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;

/**
 * Makes a target's chunks, in order, of a base and what {@link DifferenceWriter} wrote. What comes
 * out is what was meant only if both are what they were then: whoever asks checks each chunk. Takes
 * 400 KB whatever the files' lengths; owned by one thread.
 */
public final class DifferenceReader {
  /** A record that is longer than its chunk by more would not have been written. */
  private static final int MAX_RECORD_BYTES = ChunkTable.CHUNK_BYTES;

  private final Bytes difference;
  private final Bytes base;
  private final long targetBytes;
  private final ChunkDecoder decoder = new ChunkDecoder();
  private final byte[] record = new byte[MAX_RECORD_BYTES];
  private final byte[] under = new byte[ChunkTable.CHUNK_BYTES];
  private long position;
  private int index;
  private int at;
  private int end;

  /**
   * @param targetBytes length of the target
   */
  public DifferenceReader(Bytes difference, Bytes base, long targetBytes) {
    this.difference = difference;
    this.base = base;
    this.targetBytes = targetBytes;
  }

  /** Index of the chunk that {@link #next} makes; the number of chunks at the end. */
  public int index() {
    return index;
  }

  /**
   * Makes the next chunk.
   *
   * @return its length, or 0 when the difference does not tell it
   * @throws RejectedException MALFORMED_PAYLOAD
   */
  public int next(byte[] into) throws IOException {
    int length = ChunkTable.lengthOf(index, targetBytes);
    read();
    int chunk = index++;
    if (end == 0) {
      return 0;
    }
    lay(ChunkTable.offsetOf(chunk), length);
    decoder.decode(record, at, end - at, into, length);
    for (int i = 0; i < length; i++) {
      into[i] = (byte) (into[i] + under[i]);
    }
    return length;
  }

  /** Reads the next record. */
  private void read() throws IOException {
    at = 0;
    end = difference.read(position, record, 0, 10); // a length takes no more
    long length = varint();
    position += at + length;
    if (length < 0 || length > MAX_RECORD_BYTES) {
      throw malformed("a record of %d bytes".formatted(length));
    }
    end = difference.read(position - length, record, 0, (int) length);
    at = 0;
    if (end < length) {
      throw malformed("the end within a record");
    }
  }

  /** Lays the base's blocks under the chunk. */
  private void lay(long chunkPosition, int length) throws IOException {
    int from = 0;
    while (from < length) {
      long blocks = varint();
      long shift = varint();
      if (blocks < 1 || blocks > Alignment.blocks(length - from)) {
        throw malformed("a run of %d blocks".formatted(blocks));
      }
      int bytes = (int) Math.min(length - from, blocks * Alignment.BLOCK_BYTES);
      long base = shift == 0 ? this.base.sizeBytes() : chunkPosition + from + signed(shift - 1);
      Shifted.read(this.base, base, under, from, bytes);
      from += bytes;
    }
  }

  private static long signed(long zigzag) {
    return zigzag >>> 1 ^ -(zigzag & 1);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE && at < end; shift += 7) {
      int b = record[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw malformed("a number without an end");
  }

  private static RejectedException malformed(String found) {
    return new RejectedException(
        FailureCode.MALFORMED_PAYLOAD,
        "difference: found %s; the chunks are fetched instead".formatted(found));
  }
}
