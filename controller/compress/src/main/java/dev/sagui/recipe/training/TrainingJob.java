/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.recipe.training;

import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.fold.Scratch;
import dev.sagui.json.Fields;
import dev.sagui.onnx.FileDigests;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Progress;
import dev.sagui.train.LoopOptions;
import dev.sagui.train.folder.RunFolder;
import dev.sagui.train.folder.RunPlan;
import dev.sagui.train.folder.RunResult;
import dev.sagui.train.folder.RunWatch;
import dev.sagui.train.folder.TrainingRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One recipe of a training, into a folder.
 *
 * @param verb what to do
 * @param file the recipe
 * @param out where to; empty for what the recipe says, else its own name
 * @param threads that share a batch at most; empty for all cores
 */
public record TrainingJob(TrainingVerb verb, Path file, Optional<Path> out, OptionalInt threads) {
  private static final String RECIPE = "recipe";
  private static final String THREADS = "threads";

  /** Begins a run in a new or empty folder. */
  public RunResult start(RunWatch watch, Progress progress) throws IOException {
    String text = Files.readString(file);
    TrainingRecipe recipe = TrainingRecipe.parse(verb, text, base());
    try (RunFolder folder = RunFolder.create(folder(recipe))) {
      return run(recipe, folder, text, watch, progress);
    }
  }

  /**
   * Goes on with a run that was stopped: by what was chosen then, and with as many threads.
   *
   * @throws RejectedException BAD_REQUEST when the recipe, or a file that it reads, is another now
   */
  public RunResult resume(RunWatch watch, Progress progress) throws IOException {
    String text = Files.readString(file);
    Path path = folder(TrainingRecipe.parse(verb, text, base()));
    try (RunFolder folder = RunFolder.resume(path)) {
      Fields facts = folder.facts();
      String chosen = Files.readString(folder.at(RunFolder.RECIPE));
      TrainingRecipe recipe = TrainingRecipe.parse(verb, chosen, path);
      requireSame(facts.pairs("digests"), digests(recipe, text), path);
      int then = (int) facts.integer(THREADS);
      if (threads.isPresent() && threads.getAsInt() != then) {
        throw bad(
            "expected %d threads, with which the run in %s began, got %d; sums are rounded in the order of threads"
                .formatted(then, path, threads.getAsInt()));
      }
      return new TrainingJob(verb, file, out, OptionalInt.of(then))
          .run(recipe, folder, text, watch, progress);
    }
  }

  private RunResult run(
      TrainingRecipe recipe, RunFolder folder, String text, RunWatch watch, Progress progress)
      throws IOException {
    try (Scratch scratch = Scratch.create()) {
      int most = threads.orElse(Runtime.getRuntime().availableProcessors());
      Prepared prepared = recipe.prepare(most, scratch, progress);
      try (var training = prepared.training()) {
        RunPlan plan =
            new RunPlan(
                steps -> prepared.recipe().json(at(prepared.course(), steps), folder.path()),
                prepared.course().training(),
                prepared.course().seed(),
                prepared.shards(),
                digests(recipe, text),
                prepared.sheet());
        watch.ready(prepared.facts());
        RunResult result =
            new TrainingRun(folder, plan, watch, System::nanoTime)
                .run(training)
                .with(prepared.facts());
        return result.model().isEmpty()
            ? result
            : result.with(
                prepared.verdict().of(OnnxModel.open(result.model().get().file()).runnable()));
      }
    }
  }

  private static Course at(Course course, long steps) {
    return steps == LoopOptions.UNPLANNED
        ? course
        : course.with(course.training().withSteps(steps));
  }

  private Path base() {
    return Objects.requireNonNull(file.toAbsolutePath().getParent());
  }

  private Path folder(TrainingRecipe recipe) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    Path own = base().resolve(dot > 0 ? name.substring(0, dot) : name + "-run");
    return out.or(() -> recipe.course().out()).orElse(own);
  }

  private static Map<String, String> digests(TrainingRecipe recipe, String text)
      throws IOException {
    Map<String, String> digests = new LinkedHashMap<>();
    digests.put(RECIPE, Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex());
    for (Map.Entry<String, Path> each : recipe.files().entrySet()) {
      digests.put(each.getKey(), FileDigests.of(OnnxModel.open(each.getValue()).file()).hex());
    }
    return digests;
  }

  private static void requireSame(Map<String, String> then, Map<String, String> now, Path folder) {
    for (Map.Entry<String, String> each : now.entrySet()) {
      if (!each.getValue().equals(then.get(each.getKey()))) {
        throw bad(
            "expected the %s with which the run in %s began, found another; put it back, or begin anew with another --out"
                .formatted(each.getKey(), folder));
      }
    }
  }

  private static RejectedException bad(String what) {
    return new RejectedException(FailureCode.BAD_REQUEST, what);
  }
}
