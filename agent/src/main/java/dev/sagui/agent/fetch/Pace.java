/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.wire.ChunkRequest;

/** How many chunks may be asked for now: a token bucket of bytes. Owned by one thread. */
public final class Pace {
  private final long bytesPerSecond;
  private final double capacity;
  private double tokens;
  private long lastNanos;
  private boolean started;

  /**
   * @param bytesPerSecond 0 is no limit
   */
  public Pace(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
    this.capacity = Math.max(ChunkTable.CHUNK_BYTES, bytesPerSecond / 4.0);
    this.tokens = capacity;
  }

  /** At most {@code wanted}, {@link ChunkRequest#MAX_WINDOW} and what the rate allows. */
  int allowed(int wanted, long nowNanos) {
    int window = Math.min(wanted, ChunkRequest.MAX_WINDOW);
    if (bytesPerSecond == 0) {
      return window;
    }
    if (started) {
      double earned = (nowNanos - lastNanos) / 1e9 * bytesPerSecond;
      tokens = Math.min(capacity, tokens + earned);
    }
    started = true;
    lastNanos = nowNanos;
    return Math.min(window, (int) (tokens / ChunkTable.CHUNK_BYTES));
  }

  void spent(int chunks) {
    tokens -= (double) chunks * ChunkTable.CHUNK_BYTES;
  }

  /** A chunk that was asked for came in {@code bytes}: what it took less is free again. */
  void came(int bytes) {
    tokens += ChunkTable.CHUNK_BYTES - bytes;
  }
}
