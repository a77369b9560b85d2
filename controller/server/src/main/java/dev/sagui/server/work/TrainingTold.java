/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.onnx.Progress;
import dev.sagui.recipe.training.TrainingVerb;
import dev.sagui.train.LoopOptions;
import dev.sagui.train.folder.RunWatch;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Tells step, loss, rate of learning and how long it takes still. */
final class TrainingTold implements RunWatch {
  private final TrainingVerb verb;
  private final Progress progress;
  private final LongSupplier nanos;
  private long begun = -1;
  private long start;

  /**
   * @param progress may throw to end the training
   * @param nanos a monotonic clock
   */
  TrainingTold(TrainingVerb verb, Progress progress, LongSupplier nanos) {
    this.verb = verb;
    this.progress = progress;
    this.nanos = nanos;
  }

  @Override
  public void at(Now now) {
    if (begun < 0) {
      begun = now.done();
      start = nanos.getAsLong();
    }
    boolean planned = now.steps() != LoopOptions.UNPLANNED;
    progress.at(
        now.told(verb.label()) + (planned ? left(now) : ""),
        planned ? (double) now.done() / now.steps() : 0);
  }

  private String left(Now now) {
    long done = now.done() - begun;
    if (done == 0) {
      return "";
    }
    double seconds = (nanos.getAsLong() - start) / 1e9;
    return String.format(Locale.ROOT, ", %.0f s left", seconds / done * (now.steps() - now.done()));
  }
}
