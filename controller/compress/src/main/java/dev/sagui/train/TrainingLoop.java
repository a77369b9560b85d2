/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Runs a training to its end, to the end of its patience, or until its listener stops it. */
public final class TrainingLoop {
  /** Not counted: kernels and caches warm up. */
  private static final long COLD_STEPS = 5;

  /** Why a loop ended. */
  public enum End {
    /** All steps were done. */
    DONE,
    /** Scores got no better. */
    STALLED,
    /** The listener wanted no more. */
    STOPPED
  }

  /**
   * @param best of the scores
   */
  public record Outcome(End end, Optional<Score> best) {}

  private final Training training;
  private final LoopOptions options;
  private final LoopListener listener;
  private final LongSupplier nanos;
  private Optional<Score> best = Optional.empty();
  private int worse;

  /**
   * @param nanos a monotonic clock
   */
  public TrainingLoop(
      Training training, LoopOptions options, LoopListener listener, LongSupplier nanos) {
    this.training = training;
    this.options = options;
    this.listener = listener;
    this.nanos = nanos;
  }

  /**
   * @param earlier scores, of a training that was stopped and goes on
   */
  public Outcome run(List<Score> earlier) throws IOException {
    earlier.forEach(this::isBest);
    long first = training.done();
    long start = nanos.getAsLong();
    long saved = start;
    options.steps().ifPresent(training::plan);
    while (training.done() < training.steps() && !stalled()) {
      if (listener.stops()) {
        listener.checkpoint(training);
        return new Outcome(End.STOPPED, best);
      }
      Map<String, Double> terms = training.step();
      listener.stepped(training, terms);
      if (training.done() == COLD_STEPS) {
        start = nanos.getAsLong();
      }
      if (training.done() == LoopOptions.PACING_STEPS && options.steps().isEmpty()) {
        pace(nanos.getAsLong() - start, training.done() - Math.max(first, COLD_STEPS));
      }
      score();
      if (nanos.getAsLong() - saved > options.checkpointEvery().toNanos()) {
        listener.checkpoint(training);
        saved = nanos.getAsLong();
      }
    }
    listener.checkpoint(training);
    return new Outcome(training.done() < training.steps() ? End.STALLED : End.DONE, best);
  }

  private void pace(long elapsed, long steps) {
    double each = Math.max(1.0, (double) elapsed) / (double) steps;
    training.plan(
        Math.max(LoopOptions.PACING_STEPS + 1, Math.round(options.time().toNanos() / each)));
  }

  private void score() throws IOException {
    boolean due = training.done() % options.scoreEvery() == 0;
    if (!due && training.done() < training.steps()) {
      return;
    }
    Score score = training.score();
    listener.scored(training, score, isBest(score));
  }

  private boolean stalled() {
    return options.patience() > 0 && worse >= options.patience();
  }

  private boolean isBest(Score score) {
    boolean better = best.isEmpty() || score.betterThan(best.get());
    worse = better ? 0 : worse + 1;
    if (better) {
      best = Optional.of(score);
    }
    return better;
  }
}
