/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.folder;

import dev.sagui.onnx.ModelWriter;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.train.Checkpoint;
import dev.sagui.train.LoopListener;
import dev.sagui.train.LoopOptions;
import dev.sagui.train.Score;
import dev.sagui.train.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/** Writes what happens in a run into its folder. */
final class RunRecorder implements LoopListener {
  private static final long FLUSH_NANOS = 1_000_000_000;
  private static final double SECOND = 1e9;

  private final RunFolder folder;
  private final RunPlan plan;
  private final Curves curves;
  private final RunWatch watch;
  private final LongSupplier nanos;
  private final long start;
  private long flushed;
  private long saved;
  private long planned = LoopOptions.UNPLANNED;

  /**
   * @param saved step of the checkpoint that is there; 0 for none
   * @param nanos a monotonic clock
   */
  RunRecorder(RunFolder folder, RunPlan plan, RunWatch watch, long saved, LongSupplier nanos)
      throws IOException {
    this.folder = folder;
    this.plan = plan;
    this.watch = watch;
    this.saved = saved;
    this.nanos = nanos;
    this.curves = Curves.open(folder.at(RunFolder.CURVES), saved == 0 ? -1 : saved);
    this.start = nanos.getAsLong() - (long) (SECOND * curves.seconds());
    this.flushed = nanos.getAsLong();
  }

  Curves curves() {
    return curves;
  }

  /** Of training, earlier runs included. */
  double seconds() {
    return (double) (nanos.getAsLong() - start) / SECOND;
  }

  /** Step of the last checkpoint. */
  long saved() {
    return saved;
  }

  @Override
  public void stepped(Training training, Map<String, Double> terms) throws IOException {
    long done = training.done();
    double rate = plan.rate(done - 1, training.steps());
    curves.step(done, seconds(), rate, terms);
    if (nanos.getAsLong() - flushed > FLUSH_NANOS) {
      curves.flush();
      flushed = nanos.getAsLong();
    }
    double loss = terms.getOrDefault("loss", Double.NaN);
    watch.at(new RunWatch.Now(done, training.steps(), loss, rate));
  }

  @Override
  public void scored(Training training, Score score, boolean best) throws IOException {
    curves.score(score);
    Map<String, OnnxModel> models = training.models();
    if (best) {
      for (Map.Entry<String, OnnxModel> each : models.entrySet()) {
        ModelWriter.writeOne(each.getValue(), folder.best(each.getKey(), models));
      }
      for (Map.Entry<String, byte[]> each : training.files().entrySet()) {
        folder.put(each.getKey(), each.getValue());
      }
      Map<String, Double> figures = training.figures();
      if (!figures.isEmpty()) {
        folder.put(RunFolder.FIGURES, new LinkedHashMap<>(figures));
      }
    }
    Files.createDirectories(folder.at(RunFolder.SAMPLES));
    String step = String.format(Locale.ROOT, "step-%06d", training.done());
    plan.sheet()
        .write(models.values().iterator().next(), folder.at(RunFolder.SAMPLES).resolve(step));
    picture();
  }

  @Override
  public void checkpoint(Training training) throws IOException {
    curves.force();
    if (training.steps() != planned) {
      planned = training.steps();
      folder.putRecipe(plan.recipe().apply(planned));
    }
    folder.put(RunFolder.CHECKPOINT, Checkpoint.bytes(training.state()));
    saved = training.done();
  }

  /** Draws what happened so far. */
  void picture() throws IOException {
    curves.settle();
    folder.put(RunFolder.PICTURE, CurvesPicture.of(curves.rows(), curves.metric()));
  }

  @Override
  public boolean stops() {
    return watch.stops();
  }
}
