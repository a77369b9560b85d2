/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.net;

import java.util.SplittableRandom;

/** Random numbers that follow from what they are for. */
public final class Seed {
  private Seed() {}

  /**
   * A stream of its own for each sequence of parts: a seed, a step, a place in a batch, the like.
   */
  public static SplittableRandom random(long... parts) {
    long state = parts.length;
    for (long part : parts) {
      state = mixed(state ^ mixed(part + 0x9E3779B97F4A7C15L));
    }
    return new SplittableRandom(state);
  }

  /** Stafford's variant 13 of MurmurHash3's last step; streams must not be shifts of another. */
  private static long mixed(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
