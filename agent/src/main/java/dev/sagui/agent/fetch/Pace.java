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
  private final Reach reach = new Reach();
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

  /** So many chunks were asked for, or so many bytes of each. */
  void spent(int chunks, int bytes) {
    tokens -= (double) chunks * bytes;
  }

  /** What was asked for came in other many bytes: what it took less is free again. */
  void came(int asked, int bytes) {
    tokens += asked - bytes;
  }

  /** What the way to the sources has shown of itself. */
  Reach reach() {
    return reach;
  }
}
