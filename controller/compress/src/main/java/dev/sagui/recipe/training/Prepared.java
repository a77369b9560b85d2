/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe.training;

import dev.sagui.train.Training;
import dev.sagui.train.folder.SampleSheet;

/**
 * A training before its first step.
 *
 * @param recipe with all that was chosen
 * @param course the same, with epochs as steps
 * @param training to be closed by whoever asked for it
 * @param shards that share a batch
 */
public record Prepared(
    TrainingRecipe recipe, Course course, Training training, int shards, SampleSheet sheet) {
  /** The most shards, up to {@code threads}, that a batch can be cut into evenly. */
  static int shards(int batch, int threads) {
    int shards = Math.min(batch, threads);
    while (batch % shards != 0) {
      shards--;
    }
    return shards;
  }
}
