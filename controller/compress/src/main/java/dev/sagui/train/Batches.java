/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import dev.sagui.tensor.Tensor;
import java.util.List;

/** What each step computes on. */
@FunctionalInterface
public interface Batches extends AutoCloseable {
  /**
   * Overwrites {@code into} with the samples of one step: the same for the same step and shard,
   * however often and in whatever order it is asked for. Shards are filled by threads of their own.
   *
   * @param step from 0
   * @param shard part of the batch, from 0
   * @param into the inputs of that part, whose first dimension is its share of the batch
   */
  void fill(long step, int shard, List<Tensor> into);

  @Override
  default void close() {}
}
