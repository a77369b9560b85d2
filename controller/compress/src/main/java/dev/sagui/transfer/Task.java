/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.train.Batches;
import dev.sagui.train.Criterion;
import dev.sagui.train.Feed;
import dev.sagui.train.Scorer;
import java.util.List;

/** What a net shall do: the samples that it learns on, its loss, and how it is judged. */
interface Task {
  /** Samples to learn on. */
  long count();

  /**
   * The net's inputs.
   *
   * @param rows of a shard
   */
  List<Feed> inputs(int rows);

  /** The loss; it may add targets, which {@link #batches} fill. */
  Criterion criterion();

  /**
   * @param rows of a shard
   * @param shards that share a batch
   */
  Batches batches(int rows, int shards, long seed);

  /** The judge, on samples that no step sees. */
  Scorer scorer();
}
