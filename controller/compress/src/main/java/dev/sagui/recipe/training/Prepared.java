/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe.training;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.Training;
import dev.sagui.train.folder.SampleSheet;
import java.io.IOException;
import java.util.Map;

/**
 * A training before its first step.
 *
 * @param recipe with all that was chosen
 * @param course the same, with epochs as steps
 * @param training to be closed by whoever asked for it
 * @param shards that share a batch
 * @param facts what is known before the first step, for the result
 * @param verdict on the best model
 */
public record Prepared(
    TrainingRecipe recipe,
    Course course,
    Training training,
    int shards,
    SampleSheet sheet,
    Map<String, Object> facts,
    Verdict verdict) {
  /** Looks at what came out. */
  @FunctionalInterface
  public interface Verdict {
    /** Says nothing. */
    Verdict NONE = best -> Map.of();

    /** By name with the unit, for the result. */
    Map<String, Object> of(OnnxModel best) throws IOException;
  }

  /** The most shards, up to {@code threads}, that a batch can be cut into evenly. */
  static int shards(int batch, int threads) {
    int shards = Math.min(batch, threads);
    while (batch % shards != 0) {
      shards--;
    }
    return shards;
  }
}
