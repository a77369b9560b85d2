/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.artifact.ChunkTable;
import java.time.Duration;

/**
 * How many bytes are asked for before any came: few at first, since nothing is known of the line,
 * and on some a whole chunk takes minutes. Whole chunks widen it by one each (slow start, RFC
 * 5681), parts of one grow to what comes in half of {@link #LATE}. A loss leaves half of what was
 * asked for, and an answer that takes long what the line brings in {@link #LATE}: that is what a
 * loss costs. Pure; owned by one thread.
 */
final class Reach {
  /** The smallest part: a header and a round trip are little beside it. */
  static final int LEAST_BYTES = 4 << 10;

  private static final Duration LATE = Duration.ofSeconds(5);

  /** Twice as much is not late then. */
  private static final Duration SOON = LATE.dividedBy(2);

  private static final int FIRST_BYTES = 16 << 10;
  private static final long MOST_BYTES = 1L << 30;

  private long bytes = FIRST_BYTES;

  /** Most chunks to be asked for. */
  int chunks() {
    return (int) Math.max(1, bytes / ChunkTable.CHUNK_BYTES);
  }

  /** Most bytes of a chunk to be asked for, when {@link #chunks()} is 1. */
  int partBytes() {
    return (int) Math.min(ChunkTable.CHUNK_BYTES, bytes);
  }

  boolean isPart() {
    return bytes < ChunkTable.CHUNK_BYTES;
  }

  /** What was asked for did not come in time, or does not come any more. */
  void lost(int chunksAsked) {
    bytes = Math.min(bytes, (long) chunksAsked * ChunkTable.CHUNK_BYTES) / 2;
    bytes = Math.max(LEAST_BYTES, bytes);
  }

  /**
   * What was asked for came.
   *
   * @param took since it was asked for, once (Karn, RFC 6298 section 3)
   */
  void came(int length, Duration took) {
    long millis = Math.max(1, took.toMillis());
    if (took.compareTo(LATE) > 0) {
      bytes = Math.min(bytes, length * LATE.toMillis() / millis);
      bytes = Math.max(LEAST_BYTES, bytes);
    } else if (!isPart()) {
      bytes = Math.min(bytes, MOST_BYTES) + ChunkTable.CHUNK_BYTES;
    } else if (took.compareTo(SOON) < 0) {
      bytes = Math.max(bytes, length * SOON.toMillis() / millis);
      bytes = Math.min(ChunkTable.CHUNK_BYTES, bytes);
    }
  }
}
