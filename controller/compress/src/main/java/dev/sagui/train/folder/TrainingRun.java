/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.train.Checkpoint;
import dev.sagui.train.LoopOptions;
import dev.sagui.train.Score;
import dev.sagui.train.Training;
import dev.sagui.train.TrainingLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** A training that is run into a folder, from its start or from where it was stopped. */
public final class TrainingRun {
  private final RunFolder folder;
  private final RunPlan plan;
  private final RunWatch watch;
  private final LongSupplier nanos;

  /**
   * @param nanos a monotonic clock
   */
  public TrainingRun(RunFolder folder, RunPlan plan, RunWatch watch, LongSupplier nanos) {
    this.folder = folder;
    this.plan = plan;
    this.watch = watch;
    this.nanos = nanos;
  }

  /**
   * Runs it to its end, to the end of its patience, or until the watch stops it. The model that
   * scored best is the result; the one that training began with counts too.
   *
   * @param training new; goes on from the folder's checkpoint where there is one
   * @throws RejectedException DISK_FULL or DIVERGED, saying which checkpoint is kept; BAD_REQUEST
   *     when the folder's checkpoint is of something else
   */
  public RunResult run(Training training) throws IOException {
    if (folder.hasCheckpoint()) {
      training.resume(Checkpoint.read(folder.at(RunFolder.CHECKPOINT)));
    }
    RunRecorder recorder = recorder(training.done());
    try (Curves curves = recorder.curves()) {
      List<Score> earlier = training.done() == 0 ? begun(training, recorder) : scores(curves);
      TrainingLoop.Outcome outcome =
          new TrainingLoop(training, plan.keys().loop(), recorder, nanos).run(earlier);
      recorder.picture();
      if (outcome.end() != TrainingLoop.End.STOPPED) {
        publish(training);
      }
      return RunResult.of(folder, training, outcome, recorder.seconds());
    } catch (IOException e) {
      if (FullDisk.is(e)) {
        throw FullDisk.refused(e, kept(recorder.saved()));
      }
      throw e;
    } catch (RejectedException e) {
      throw e.code() == FailureCode.DIVERGED ? diverged(e, recorder) : e;
    }
  }

  private RunRecorder recorder(long saved) throws IOException {
    try {
      return new RunRecorder(folder, plan, watch, saved, nanos);
    } catch (IOException e) {
      if (FullDisk.is(e)) {
        throw FullDisk.refused(e, kept(saved));
      }
      throw e;
    }
  }

  /** The first score, before the first step. */
  private List<Score> begun(Training training, RunRecorder recorder) throws IOException {
    Score score = training.score();
    folder.put(RunFolder.VERSIONS, RunFacts.json(plan, score));
    folder.putRecipe(plan.recipe().apply(plan.keys().loop().steps().orElse(LoopOptions.UNPLANNED)));
    recorder.scored(training, score, true);
    return List.of(score);
  }

  private List<Score> scores(Curves curves) throws IOException {
    Fields facts = folder.facts();
    List<Score> scores = new ArrayList<>();
    for (CurveRow row : curves.rows()) {
      if (!Double.isNaN(row.score())) {
        scores.add(new Score(facts.string("metric"), row.score(), facts.flag("higher_is_better")));
      }
    }
    return scores;
  }

  private String kept(long saved) {
    return saved == 0
        ? "no checkpoint was written yet"
        : "the checkpoint of step %d in %s is whole".formatted(saved, folder.path());
  }

  private RejectedException diverged(RejectedException e, RunRecorder recorder) {
    return new RejectedException(
        e.code(), "%s; %s".formatted(e.getMessage(), kept(recorder.saved())), e);
  }

  /** The best model under its name, weights beside it where there are many. */
  private void publish(Training training) throws IOException {
    boolean first = true;
    for (String name : training.models().keySet()) {
      Path target = first ? folder.path() : folder.at(name);
      first = false;
      OnnxModel best = OnnxModel.open(folder.best(name, training.models()));
      Path staging = Files.createTempDirectory(folder.path(), ".model-");
      try {
        List<Path> files = ModelWriter.write(best, staging, Progress.NONE);
        Files.createDirectories(target);
        for (int i = files.size() - 1; i >= 0; i--) { // weights before the model that names them
          Path file = files.get(i);
          Files.move(
              file,
              target.resolve(file.getFileName()),
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
        }
      } finally {
        deleteAll(staging);
      }
    }
  }

  private static void deleteAll(Path staging) throws IOException {
    try (var files = Files.list(staging)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(staging);
  }
}
