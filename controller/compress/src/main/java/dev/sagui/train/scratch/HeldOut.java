/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.scratch;

import dev.sagui.train.Batches;
import dev.sagui.train.Objective;
import dev.sagui.train.StepGraph;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The mean of a loss and its terms over samples that no step sees, the same ones each time. */
final class HeldOut implements AutoCloseable {
  private static final int MOST_SHARE = 128;

  private final ByteBuffer values;
  private final Objective objective;
  private final long passes;

  /**
   * @param graph with {@code share} samples to a shard
   * @param passes that go once through all samples
   */
  HeldOut(StepGraph graph, Batches batches, int shards, long passes) throws IOException {
    this.values = graph.parameters().allocate();
    this.objective = Objective.of(graph, values, List.of(), batches, shards);
    this.passes = passes;
  }

  /** Samples to a shard that divide {@code count}, so that few are left out or none. */
  static int share(int count, int shards) {
    int each = count / shards;
    int best = Math.min(MOST_SHARE, each);
    while (best > MOST_SHARE / 2 && each % best != 0) {
      best--;
    }
    return best;
  }

  /** Of a net with these parameters. */
  Map<String, Double> of(ByteBuffer parameters) {
    values.put(0, parameters, 0, parameters.capacity());
    Map<String, Double> means = new LinkedHashMap<>();
    for (long pass = 0; pass < passes; pass++) {
      objective
          .compute(pass)
          .forEach((name, value) -> means.merge(name, value / passes, Double::sum));
    }
    return means;
  }

  @Override
  public void close() {
    objective.close();
  }
}
