/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.onnx.FileDigests;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.Score;
import dev.sagui.train.Training;
import dev.sagui.train.TrainingLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param folder of the run
 * @param end done, stalled or stopped
 * @param steps done
 * @param planned steps in all
 * @param seconds of training, earlier runs included
 * @param best of the scores
 * @param model what came out; empty where the run was stopped
 * @param facts more that is known, by name with the unit
 */
public record RunResult(
    Path folder,
    TrainingLoop.End end,
    long steps,
    long planned,
    double seconds,
    Optional<Score> best,
    Optional<Made> model,
    Map<String, Object> facts) {
  public RunResult {
    facts = new LinkedHashMap<>(facts);
  }

  /** A model's file, its digest and its size with external data. */
  public record Made(Path file, String sha256, long bytes, long parameters) {}

  static RunResult of(
      RunFolder folder, Training training, TrainingLoop.Outcome outcome, double seconds)
      throws IOException {
    return new RunResult(
        folder.path(),
        outcome.end(),
        training.done(),
        training.steps(),
        seconds,
        outcome.best(),
        outcome.end() == TrainingLoop.End.STOPPED
            ? Optional.empty()
            : Optional.of(made(folder.at(RunFolder.MODEL))),
        folder.figures());
  }

  /** The same and more that is known. */
  public RunResult with(Map<String, Object> more) {
    Map<String, Object> all = new LinkedHashMap<>(facts);
    all.putAll(more);
    return new RunResult(folder, end, steps, planned, seconds, best, model, all);
  }

  private static Made made(Path file) throws IOException {
    OnnxModel model = OnnxModel.open(file);
    return new Made(
        file, FileDigests.of(file).hex(), model.sizeBytes(), model.facts().parameters());
  }

  /** For machines. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("folder", folder.toString());
    map.put("end", end.name().toLowerCase(Locale.ROOT));
    map.put("steps", steps);
    map.put("planned_steps", planned);
    map.put("seconds", seconds);
    best.ifPresent(
        score -> map.put("best", Map.of("metric", score.metric(), "value", score.value())));
    model.ifPresent(
        made -> {
          Map<String, Object> output = new LinkedHashMap<>();
          output.put("file", made.file().toString());
          output.put("sha256", made.sha256());
          output.put("bytes", made.bytes());
          output.put("parameters", made.parameters());
          map.put("output", output);
        });
    map.putAll(facts);
    return map;
  }
}
