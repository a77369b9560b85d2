/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.serve;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** When models were asked, so that other work can give way; any thread may use it. */
public final class Requests {
  private final LongSupplier nanoClock;
  private final AtomicReference<Optional<Runnable>> waiting =
      new AtomicReference<>(Optional.empty());
  private volatile long lastNanos;

  /** Counts as asked now. */
  public Requests(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.lastNanos = nanoClock.getAsLong();
  }

  /** A request came: who waits for it is told first, once, on this thread. */
  void came() {
    lastNanos = nanoClock.getAsLong();
    waiting.getAndSet(Optional.empty()).ifPresent(Runnable::run);
  }

  /** How long ago the last one came. */
  public Duration idle() {
    return Duration.ofNanos(nanoClock.getAsLong() - lastNanos);
  }

  /** Calls {@code told} when the next one comes; it must not take long. */
  public void whenNext(Runnable told) {
    waiting.set(Optional.of(told));
  }

  /** Nobody waits for the next one any more. */
  public void forget() {
    waiting.set(Optional.empty());
  }
}
