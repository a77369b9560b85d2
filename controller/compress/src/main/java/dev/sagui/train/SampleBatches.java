/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Samples of a model's inputs: seeded ones drawn anew each step, those from files shuffled. */
public final class SampleBatches {
  private SampleBatches() {}

  /**
   * @param rows samples in one shard
   * @param shards of a batch
   * @return what fills the inputs and leaves all else as it is
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST when samples differ in size
   */
  public static Batches of(Samples samples, int rows, int shards, long seed) {
    return samples.drawn(seed, rows).isPresent()
        ? (step, shard, into) -> draw(samples, rows, mixed(seed, step * shards + shard), into)
        : new ShuffledSamples(samples, rows, shards, seed);
  }

  private static void draw(Samples samples, int rows, long seed, List<Tensor> into) {
    copy(samples.drawn(seed, rows).orElseThrow().first(rows), into);
  }

  /** Steps of SplitMix64 (Steele et al. 2014): seeds that follow each other draw unlike numbers. */
  static long mixed(long seed, long index) {
    long z = seed * 0x9E3779B97F4A7C15L + (index + 1) * 0xD1342543DE82EF95L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static void copy(List<Tensor> from, List<Tensor> into) {
    Map<String, Tensor> byName = new HashMap<>();
    into.forEach(tensor -> byName.put(tensor.name(), tensor));
    for (Tensor tensor : from) {
      Tensor target = byName.get(tensor.name());
      if (target != null) {
        ByteBuffer data = target.data();
        data.put(tensor.data());
      }
    }
  }
}
