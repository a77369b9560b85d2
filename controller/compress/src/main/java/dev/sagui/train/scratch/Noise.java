/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.tensor.Tensor;
import dev.sagui.train.net.Seed;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/** Standard normal numbers. */
final class Noise {
  private Noise() {}

  /** Overwrites a tensor; the same numbers for the same parts. */
  static void fill(Tensor into, long... parts) {
    SplittableRandom random = Seed.random(parts);
    FloatBuffer values = into.data().asFloatBuffer();
    while (values.hasRemaining()) {
      values.put((float) random.nextGaussian());
    }
  }
}
