/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe;

import dev.sagui.device.DeviceProfile;
import dev.sagui.fold.Scratch;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.onnx.StagedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes a model through a recipe into a folder: {@code model.onnx} with its external data, {@code
 * report.json}, {@code report.html}. The folder appears complete or not at all; when a gate is
 * missed it holds the reports alone.
 */
public final class Compression {
  private final int threads;
  private final Optional<DeviceProfile> profile;

  /**
   * @param threads of ONNX Runtime while measuring
   * @param profile named in the report
   */
  public Compression(int threads, Optional<DeviceProfile> profile) {
    this.threads = threads;
    this.profile = profile;
  }

  int threads() {
    return threads;
  }

  Optional<DeviceProfile> profile() {
    return profile;
  }

  /**
   * @return the report, which says whether the gates were met
   * @throws dev.sagui.failure.RejectedException for models, data and folders that cannot be used
   * @throws IOException the disk failed or is full; nothing is left behind
   */
  public CompressionReport compress(Path source, Recipe recipe, Path outDir, Progress progress)
      throws IOException {
    OnnxModel model = OnnxModel.open(source).runnable();
    return compress(model, recipe, new Begun(model, List.of()), outDir, progress);
  }

  /**
   * What the first steps of several recipes made, not measured.
   *
   * @param at the folder that holds the model
   */
  public record Beginning(Recipe recipe, Path at, List<StepRecord> steps) {}

  /** Takes a model through steps that several recipes of a seed and data begin with. */
  public Beginning begin(Path source, Recipe recipe, Path outDir, Progress progress)
      throws IOException {
    OnnxModel model = OnnxModel.open(source).runnable();
    try (StagedFolder folder = StagedFolder.create(outDir, ReportFiles.FOLDER).keeping(model);
        Scratch scratch = Scratch.create()) {
      RecipeRun run = new RecipeRun(this, model, recipe, folder.path(), progress);
      List<StepRecord> steps = run.steps(new Begun(model, List.of()), scratch);
      folder.publish();
      return new Beginning(recipe, outDir, steps);
    }
  }

  /** As the other, from where a beginning ended. */
  public CompressionReport compress(
      Path source, Recipe recipe, Beginning begun, Path outDir, Progress progress)
      throws IOException {
    Recipe first = begun.recipe();
    int steps = first.steps().size();
    if (recipe.seed() != first.seed()
        || !recipe.data().equals(first.data())
        || !recipe
            .steps()
            .subList(0, Math.min(steps, recipe.steps().size()))
            .equals(first.steps())) {
      throw new IllegalArgumentException(
          "expected a recipe that goes on from %s, got %s".formatted(first, recipe));
    }
    Begun start = new Begun(OnnxModel.open(begun.at()), begun.steps());
    return compress(OnnxModel.open(source).runnable(), recipe, start, outDir, progress);
  }

  /** Where a recipe starts: the source, or what its first steps made of it. */
  record Begun(OnnxModel model, List<StepRecord> steps) {}

  private CompressionReport compress(
      OnnxModel model, Recipe recipe, Begun begun, Path outDir, Progress progress)
      throws IOException {
    try (StagedFolder folder = StagedFolder.create(outDir, ReportFiles.FOLDER).keeping(model);
        Scratch scratch = Scratch.create()) {
      RecipeRun run = new RecipeRun(this, model, recipe, folder.path(), progress);
      List<StepRecord> steps = run.steps(begun, scratch);
      CompressionReport report = run.measured(steps);
      String outputs = run.outputs(report);
      if (!report.met()) {
        deleteAll(folder.path());
      }
      ReportFiles.write(report, outputs, folder.path());
      folder.publish();
      return report;
    }
  }

  static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
