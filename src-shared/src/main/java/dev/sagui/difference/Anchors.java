/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.difference;

import dev.sagui.artifact.ChunkTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Places of a file by their content: about one in so many that the table stays under 8 MB whatever
 * the file's length, chosen by a rolling hash of 21 bytes (Gear, as in FastCDC, Xia et al., ATC
 * 2016), so that what is the same in two files has its anchors at the same bytes of both.
 */
final class Anchors {
  private static final int MAX_ANCHORS = 1 << 18;
  private static final int MIN_BITS = 8;
  private static final int STEP_BITS = 3; // what is 21 bytes ago has left the 64 bits
  private static final int WINDOW = 21;
  private static final long[] GEAR = new SplittableRandom(0x5a67).longs(256).toArray();

  private final long[] hashes;
  private final long[] positions;
  private final int shift;

  private Anchors(int bits) {
    this.hashes = new long[2 * MAX_ANCHORS];
    this.positions = new long[2 * MAX_ANCHORS];
    this.shift = Long.SIZE - bits;
    Arrays.fill(positions, -1);
  }

  /** Takes an anchor. */
  interface Taker {
    void take(long hash, long position);
  }

  static Anchors of(Bytes base) throws IOException {
    int bits = MIN_BITS;
    while (base.sizeBytes() >> bits > MAX_ANCHORS / 2) {
      bits++;
    }
    Anchors anchors = new Anchors(bits);
    byte[] buffer = new byte[ChunkTable.CHUNK_BYTES];
    long from = 0;
    for (int n = base.read(0, buffer, 0, buffer.length);
        n > 0;
        n = base.read(from, buffer, 0, buffer.length)) {
      anchors.each(buffer, n, from, anchors::put);
      from += n;
    }
    return anchors;
  }

  /** Gives the anchors of bytes that lie from {@code position} on. */
  void each(byte[] bytes, int length, long position, Taker taker) {
    long hash = 0;
    for (int i = 0; i < length; i++) {
      hash = (hash << STEP_BITS) + GEAR[bytes[i] & 0xFF];
      if (hash >>> shift == 0 && i >= WINDOW) {
        taker.take(hash, position + i);
      }
    }
  }

  /** The first of equal ones stays; a full table takes no more. */
  private void put(long hash, long position) {
    int slot = slot(hash);
    for (int probes = 0; probes < 8; probes++, slot = next(slot)) {
      if (positions[slot] < 0) {
        hashes[slot] = hash;
        positions[slot] = position;
        return;
      }
      if (hashes[slot] == hash) {
        return;
      }
    }
  }

  /** Where the anchor lies; -1 if it is none of this file. */
  long find(long hash) {
    int slot = slot(hash);
    for (int probes = 0; probes < 8 && positions[slot] >= 0; probes++, slot = next(slot)) {
      if (hashes[slot] == hash) {
        return positions[slot];
      }
    }
    return -1;
  }

  private int slot(long hash) {
    return (int) ((hash * 0x9E3779B97F4A7C15L) >>> 33) & (hashes.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (hashes.length - 1);
  }
}
