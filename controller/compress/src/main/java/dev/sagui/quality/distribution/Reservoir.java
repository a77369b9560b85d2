/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.distribution;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A uniform sample of fixed size of a stream (Vitter 1985, algorithm R), the same for the same seed
 * and order.
 */
public final class Reservoir<T> {
  private final int capacity;
  private final Random random;
  private final List<T> kept = new ArrayList<>();
  private long seen;

  public Reservoir(int capacity, long seed) {
    this.capacity = capacity;
    this.random = new Random(seed);
  }

  public void add(T item) {
    seen++;
    if (kept.size() < capacity) {
      kept.add(item);
      return;
    }
    long slot = (long) (random.nextDouble() * seen);
    if (slot < capacity) {
      kept.set((int) slot, item);
    }
  }

  /** What is kept; in the order of the stream while all fit. */
  public List<T> kept() {
    return List.copyOf(kept);
  }
}
