/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Runs a training to its end, to the end of its patience, or until its thread is interrupted. */
public final class TrainingLoop {
  /** After which the pace is known. */
  private static final long PACING_STEPS = 15;

  /** Not counted: kernels and caches warm up. */
  private static final long COLD_STEPS = 5;

  /** Why a loop ended. */
  public enum End {
    /** All steps were done. */
    DONE,
    /** Scores got no better. */
    STALLED,
    /** The thread was interrupted; the interrupt stays set. */
    INTERRUPTED
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
   * @param known the best score before a resumed training was stopped
   */
  public Outcome run(Optional<Score> known) throws IOException {
    best = known;
    long first = training.done();
    long start = nanos.getAsLong();
    long saved = start;
    options.steps().ifPresent(training::plan);
    while (training.done() < training.steps() && worse <= options.patience()) {
      if (Thread.currentThread().isInterrupted()) {
        listener.checkpoint(training);
        return new Outcome(End.INTERRUPTED, best);
      }
      Map<String, Double> terms = training.step();
      listener.stepped(training, terms);
      if (training.done() == COLD_STEPS) {
        start = nanos.getAsLong();
      }
      if (first == 0 && training.done() == PACING_STEPS && options.steps().isEmpty()) {
        pace(nanos.getAsLong() - start);
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

  private void pace(long elapsed) {
    double each = (double) elapsed / (PACING_STEPS - COLD_STEPS);
    training.plan(Math.max(PACING_STEPS + 1, Math.round(options.time().toNanos() / each)));
  }

  private void score() throws IOException {
    boolean due = training.done() % options.scoreEvery() == 0;
    if (!due && training.done() < training.steps()) {
      return;
    }
    Score score = training.score();
    boolean better = best.isEmpty() || score.betterThan(best.get());
    worse = better || options.patience() == 0 ? 0 : worse + 1;
    if (better) {
      best = Optional.of(score);
    }
    listener.scored(training, score, better);
  }
}
