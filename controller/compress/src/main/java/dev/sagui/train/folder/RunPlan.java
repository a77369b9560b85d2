/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.train.plan.TrainingKeys;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * What a run does, and what its bytes depend on.
 *
 * @param recipe as its file has it, for the number of steps; for an unknown number, under {@link
 *     dev.sagui.train.LoopOptions#UNPLANNED}, as it was written
 * @param threads that share a batch; part of the result, for sums are rounded in their order
 * @param digests of the files that the recipe reads, by what they are
 */
public record RunPlan(
    LongFunction<Map<String, Object>> recipe,
    TrainingKeys keys,
    long seed,
    int threads,
    Map<String, String> digests,
    SampleSheet sheet) {
  public RunPlan {
    digests = new LinkedHashMap<>(digests);
  }

  /** Of learning, at a step from 0. */
  double rate(long step, long steps) {
    return keys.optimizer().rate() * keys.schedule().factor(step, steps);
  }
}
