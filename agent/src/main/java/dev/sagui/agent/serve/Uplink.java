/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Holds back what is sent to no more than a rate. Used by one thread at a time. */
final class Uplink {
  private final long bytesPerSecond;
  private final LongSupplier nanoClock;
  private final LongConsumer pause;
  private long freeNanos;

  /**
   * @param bytesPerSecond 0 is no limit
   * @param pause waits for so many nanoseconds, or for fewer
   */
  Uplink(long bytesPerSecond, LongSupplier nanoClock, LongConsumer pause) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoClock = nanoClock;
    this.pause = pause;
    this.freeNanos = nanoClock.getAsLong();
  }

  /** Waits until {@code bytes} more may go. */
  void pass(int bytes) {
    if (bytesPerSecond == 0) {
      return;
    }
    long now = nanoClock.getAsLong();
    long from = freeNanos - now > 0 ? freeNanos : now;
    freeNanos = from + bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    for (long left = freeNanos - now; left > 0; left = freeNanos - nanoClock.getAsLong()) {
      pause.accept(left);
    }
  }
}
