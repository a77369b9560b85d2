/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.transfer;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.Batches;
import dev.sagui.train.Criterion;
import dev.sagui.train.Feed;
import dev.sagui.train.Scorer;
import java.io.IOException;
import java.util.List;
import java.util.Map;

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

  /** More that is known of a net, by name with the unit. */
  default Map<String, Double> figures(OnnxModel net) throws IOException {
    return Map.of();
  }

  /** Files that a net of this task needs beside it, by name. */
  default Map<String, byte[]> files() throws IOException {
    return Map.of();
  }
}
