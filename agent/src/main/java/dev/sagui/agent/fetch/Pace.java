/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.wire.ChunkRequest;
import java.util.function.IntSupplier;

/** How many chunks may be asked for now: a token bucket of bytes. Owned by one thread. */
public final class Pace {
  private final long bytesPerSecond;
  private final IntSupplier window;
  private final double capacity;
  private double tokens;
  private long lastNanos;
  private boolean started;

  /**
   * @param bytesPerSecond 0 is no limit
   */
  public Pace(long bytesPerSecond) {
    this(bytesPerSecond, () -> ChunkRequest.MAX_WINDOW);
  }

  /**
   * @param bytesPerSecond 0 is no limit
   * @param window most chunks in flight, as the source takes them that is asked now
   */
  public Pace(long bytesPerSecond, IntSupplier window) {
    this.bytesPerSecond = bytesPerSecond;
    this.window = window;
    this.capacity = Math.max(ChunkTable.CHUNK_BYTES, bytesPerSecond / 4.0);
    this.tokens = capacity;
  }

  /** Most chunks in flight. */
  int window() {
    return window.getAsInt();
  }

  /** At most {@code wanted}, the window and what the rate allows. */
  int allowed(int wanted, long nowNanos) {
    int most = Math.min(wanted, window());
    if (bytesPerSecond == 0) {
      return most;
    }
    if (started) {
      double earned = (nowNanos - lastNanos) / 1e9 * bytesPerSecond;
      tokens = Math.min(capacity, tokens + earned);
    }
    started = true;
    lastNanos = nowNanos;
    return Math.min(most, (int) (tokens / ChunkTable.CHUNK_BYTES));
  }

  void spent(int chunks) {
    tokens -= (double) chunks * ChunkTable.CHUNK_BYTES;
  }

  /** A chunk that was asked for came in {@code bytes}: what it took less is free again. */
  void came(int bytes) {
    tokens += ChunkTable.CHUNK_BYTES - bytes;
  }
}
