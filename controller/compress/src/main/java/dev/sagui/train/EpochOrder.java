/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.train.net.Seed;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Which sample comes when: each once an epoch, in an order that follows from the seed and the epoch
 * alone.
 */
public final class EpochOrder {
  /** Where one epoch ends inside of a batch the next one begins. */
  private static final int KEPT = 2;

  private final int count;
  private final long seed;
  private final Map<Long, int[]> orders = new LinkedHashMap<>();

  /**
   * @param count of the samples
   */
  public EpochOrder(int count, long seed) {
    this.count = count;
    this.seed = seed;
  }

  /**
   * The sample at a place in the row of all epochs; from any thread.
   *
   * @param place from 0
   */
  public int at(long place) {
    return order(place / count)[(int) (place % count)];
  }

  private synchronized int[] order(long epoch) {
    int[] order = orders.computeIfAbsent(epoch, this::shuffled);
    if (orders.size() > KEPT) {
      orders.remove(orders.keySet().iterator().next());
    }
    return order;
  }

  /** Fisher and Yates. */
  private int[] shuffled(long epoch) {
    SplittableRandom random = Seed.random(seed, epoch);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
