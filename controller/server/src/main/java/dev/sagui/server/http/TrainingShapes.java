/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.http;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What requests and answers about training look like; see {@link Shapes}. */
final class TrainingShapes {
  private TrainingShapes() {}

  @Schema(description = "Samples that recipes name.")
  record DataSet(String name, long bytes, long files, Instant created) {}

  @Schema(description = "A recipe, as files of 'sagui train', 'distill' and 'transfer' have it.")
  record TrainingRecipe(
      @Schema(description = "What to train from random weights.") Optional<Object> net,
      @Schema(description = "Name of the model to imitate.") Optional<String> teacher,
      @Schema(description = "Name of the model to adapt.") Optional<String> base,
      @Schema(description = "How a student is made.") Optional<Map<String, Object>> student,
      @Schema(description = "Seeded, or of data that the controller has: images:NAME.")
          Optional<Object> data,
      Optional<Long> steps) {}

  record Training(
      String id,
      @Schema(enumeration = {"train", "distill", "transfer"}) String verb,
      @Schema(description = "The model that it makes.") String model,
      @Schema(enumeration = {"running", "done", "failed"}) String state,
      @Schema(description = "0 to 1, of what it is doing.") double progress,
      @Schema(description = "The step, with loss, rate and time left.") String doing,
      @Schema(description = "Names, once it is done; an encoder stands beside its decoder.")
          Optional<List<String>> models,
      @Schema(description = "As 'sagui train --json' prints it, once it is done.")
          Optional<Map<String, Object>> report,
      @Schema(description = "Recipe, curves, samples, each at /api/v1/blobs/DIGEST.")
          Optional<List<Shapes.ReleasedFile>> files,
      Optional<Shapes.FitProblem> problem) {}

  record Trainings(List<Training> items, @Schema(description = Page.NEXT) Optional<String> next) {}

  record DataSets(List<DataSet> items, @Schema(description = Page.NEXT) Optional<String> next) {}
}
