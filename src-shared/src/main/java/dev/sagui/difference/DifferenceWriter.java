/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.difference;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.entropy.ChunkEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Writes what a target differs by from a base, a record for each chunk of the target: the length of
 * the record as a varint, 0 where the base is of no use; runs of blocks, each by their number and
 * 0, or 1 + the base's shift in zigzag order, as varints; and the target's bytes less those of the
 * base under them, coded as a chunk. Takes 10 MB whatever the files' lengths. Owned by one thread.
 */
public final class DifferenceWriter {
  private static final int SAMPLES = 16;

  /** A difference that spares less than a quarter is not worth its records. */
  private static final double WORTH = 0.75;

  private final Bytes target;
  private final Alignment alignment;
  private final ChunkEncoder encoder = new ChunkEncoder();
  private final byte[] chunk = new byte[ChunkTable.CHUNK_BYTES];
  private final byte[] residual = new byte[ChunkTable.CHUNK_BYTES];

  public DifferenceWriter(Bytes base, Bytes target) throws IOException {
    this.target = target;
    this.alignment = new Alignment(base);
  }

  /** Whether it looks, by a few chunks of it, as if the difference spared much. */
  public boolean isWorth() throws IOException {
    int count = ChunkTable.count(target.sizeBytes());
    int samples = Math.min(SAMPLES, count);
    long records = 0;
    long bytes = 0;
    for (int i = 0; i < samples; i++) {
      int index = (int) ((2L * i + 1) * count / (2L * samples));
      int length = record(index).length;
      int whole = ChunkTable.lengthOf(index, target.sizeBytes());
      records += length == 0 ? whole : length;
      bytes += whole;
    }
    return records < WORTH * bytes;
  }

  /** Writes all records. */
  public void write(OutputStream out) throws IOException {
    int count = ChunkTable.count(target.sizeBytes());
    for (int i = 0; i < count; i++) {
      byte[] record = record(i);
      varint(out, record.length);
      out.write(record);
    }
  }

  private byte[] record(int index) throws IOException {
    long position = ChunkTable.offsetOf(index);
    int length = ChunkTable.lengthOf(index, target.sizeBytes());
    if (target.read(position, chunk, 0, length) < length) {
      throw new IOException("the file became shorter while it was read");
    }
    List<Alignment.Run> runs = alignment.subtract(chunk, length, position, residual);
    if (runs.stream().noneMatch(Alignment.Run::alike)) {
      return new byte[0];
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Alignment.Run run : runs) {
      varint(out, run.blocks());
      varint(out, run.alike() ? 1 + zigzag(run.shift()) : 0);
    }
    out.writeBytes(encoder.encode(residual, length));
    return out.size() < WORTH * length ? out.toByteArray() : new byte[0];
  }

  private static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }

  private static void varint(OutputStream out, long value) throws IOException {
    long rest = value;
    while (rest >>> 7 != 0) {
      out.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
