/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.bench;

import dev.sagui.device.UnderLoad;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Requests that arrive at random, a number each second on average, and wait for each other. */
final class OpenLoop {
  private static final int SEED = 7;

  /** Requests between two looks at the power. */
  private static final int STRIDE = 8;

  private final LongSupplier nanoClock;
  private final LongConsumer pause;

  /**
   * @param pause lets so many nanoseconds go by
   */
  OpenLoop(LongSupplier nanoClock, LongConsumer pause) {
    this.nanoClock = nanoClock;
    this.pause = pause;
  }

  /**
   * Runs until the last arrival within the time is answered, or twice the time is over.
   *
   * @param run answers one request
   */
  UnderLoad run(Runnable run, double perSecond, double seconds, Energy energy) {
    SplittableRandom random = new SplittableRandom(SEED);
    long start = nanoClock.getAsLong();
    long last = start + (long) (1e9 * seconds);
    long[] nanos = new long[16];
    int answered = 0;
    long arrival = start;
    while (answered == 0 || (arrival < last && nanoClock.getAsLong() < last + (last - start))) {
      await(arrival);
      run.run();
      nanos = answered == nanos.length ? Arrays.copyOf(nanos, 2 * answered) : nanos;
      nanos[answered++] = nanoClock.getAsLong() - arrival;
      if (answered % STRIDE == 1) {
        energy.look();
      }
      arrival += (long) (-Math.log(1 - random.nextDouble()) * 1e9 / perSecond);
    }
    double took = (nanoClock.getAsLong() - start) / 1e9;
    long[] sorted = Arrays.copyOf(nanos, answered);
    Arrays.sort(sorted);
    return new UnderLoad(
        perSecond,
        answered,
        PairedTimes.at(sorted, 0.50) / 1e6,
        PairedTimes.at(sorted, 0.95) / 1e6,
        PairedTimes.at(sorted, 0.99) / 1e6,
        share(energy.joules(took), answered));
  }

  private static OptionalDouble share(OptionalDouble joules, int requests) {
    return joules.isEmpty() ? joules : OptionalDouble.of(joules.getAsDouble() / requests);
  }

  private void await(long arrival) {
    long left = arrival - nanoClock.getAsLong();
    while (left > 0) {
      pause.accept(left);
      left = arrival - nanoClock.getAsLong();
    }
  }
}
