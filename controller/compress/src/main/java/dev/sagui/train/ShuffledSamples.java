/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.run.Samples;
import dev.sagui.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A finite set of samples in memory, in another order each time that it is gone through. */
final class ShuffledSamples implements Batches {
  private static final long MOST_BYTES = 2_000_000_000;

  private final Map<String, List<ByteBuffer>> rows = new HashMap<>();
  private final int perShard;
  private final int shards;
  private final long seed;
  private final int count;
  private long epoch = -1;
  private int[] order = {};

  ShuffledSamples(Samples samples, int perShard, int shards, long seed) {
    this.perShard = perShard;
    this.shards = shards;
    this.seed = seed;
    long[] bytes = {0};
    samples.inBatchesOf(1).forEachBatch(batch -> batch.forEach(each -> keep(each, bytes)));
    this.count = rows.values().iterator().next().size();
  }

  private void keep(Tensor row, long[] bytes) {
    List<ByteBuffer> all = rows.computeIfAbsent(row.name(), name -> new ArrayList<>());
    ByteBuffer data = row.data();
    if (!all.isEmpty() && all.get(0).remaining() != data.remaining()) {
      throw refused(
          "samples of one size under '%s', found %d and %d values; crop or pad them to one size, lines of a text to as many tokens"
              .formatted(
                  row.name(),
                  all.get(0).remaining() / row.type().bytes(),
                  data.remaining() / row.type().bytes()));
    }
    bytes[0] += data.remaining();
    if (bytes[0] > MOST_BYTES) {
      throw refused("at most 2 GB of samples, which are held in memory; give fewer");
    }
    all.add(ByteBuffer.allocate(data.remaining()).put(data).flip());
  }

  private static RejectedException refused(String expected) {
    return new RejectedException(FailureCode.BAD_REQUEST, "training takes " + expected);
  }

  @Override
  public void fill(long step, int shard, List<Tensor> into) {
    long first = (step * shards + shard) * perShard;
    int[] chosen = new int[perShard];
    for (int i = 0; i < perShard; i++) {
      chosen[i] = at(first + i);
    }
    for (Tensor tensor : into) {
      List<ByteBuffer> all = rows.get(tensor.name());
      if (all != null) {
        ByteBuffer data = tensor.data();
        for (int i = 0; i < perShard && data.hasRemaining(); i++) {
          data.put(all.get(chosen[i]).duplicate());
        }
      }
    }
  }

  private synchronized int at(long position) {
    long now = position / count;
    if (now != epoch) {
      order = shuffled(now);
      epoch = now;
    }
    return order[(int) (position % count)];
  }

  /** Fisher and Yates. */
  private int[] shuffled(long of) {
    SplittableRandom random = new SplittableRandom(SampleBatches.mixed(seed, of));
    int[] shuffled = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      shuffled[i] = shuffled[j];
      shuffled[j] = i;
    }
    return shuffled;
  }
}
