/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe.training;

import dev.sagui.fold.Scratch;
import dev.sagui.keys.Keys;
import dev.sagui.onnx.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What one verb trains, as its recipe says. */
public interface TrainingRecipe {
  /**
   * Reads a recipe.
   *
   * @param base the folder that its paths are relative to
   * @throws dev.sagui.failure.RejectedException BAD_REQUEST, saying where and what is expected
   */
  static TrainingRecipe parse(TrainingVerb verb, String text, Path base) {
    Keys keys = Keys.parse(text, "the recipe");
    return switch (verb) {
      case TRAIN -> ScratchRecipe.parse(keys, base);
      case DISTILL -> DistillRecipe.parse(keys, base);
      case TRANSFER -> TransferRecipe.parse(keys, base);
    };
  }

  /** What it shares with all others. */
  Course course();

  /** The files that it reads, by the key that names them. */
  Map<String, Path> files();

  /**
   * As a recipe file has it, every key written out.
   *
   * @param base the folder that paths become relative to
   */
  Map<String, Object> json(Course course, Path base);

  /**
   * Gets all ready for the first step.
   *
   * @param threads that may share a batch
   * @param scratch lives until the training is done
   */
  Prepared prepare(int threads, Scratch scratch, Progress progress) throws IOException;
}
