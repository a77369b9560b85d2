/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import java.util.function.LongSupplier;

/** Holds bytes back to a rate. Owned by one thread. */
final class Throttle {
  private final long bytesPerSecond;
  private final LongSupplier nanoClock;
  private final Sleep sleep;
  private long freeAtNanos;

  /** Lets time pass. */
  interface Sleep {
    void nanos(long nanos) throws InterruptedException;
  }

  /**
   * @param bytesPerSecond 0 is no limit
   */
  Throttle(long bytesPerSecond, LongSupplier nanoClock, Sleep sleep) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoClock = nanoClock;
    this.sleep = sleep;
    this.freeAtNanos = nanoClock.getAsLong();
  }

  /** Returns when so many bytes may go, after those before them. */
  void pass(int bytes) throws InterruptedException {
    if (bytesPerSecond == 0) {
      return;
    }
    long wait = freeAtNanos - nanoClock.getAsLong();
    if (wait > 0) {
      sleep.nanos(wait);
    }
    long from = Math.max(freeAtNanos, nanoClock.getAsLong());
    freeAtNanos = from + Math.round(1e9 * bytes / bytesPerSecond);
  }
}
