/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.bench.Benches;
import dev.sagui.agent.fetch.ChunkSource;
import dev.sagui.agent.serve.Requests;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.BenchReport.Outcome;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A bench job that was taken: pulls both models, waits for quiet, runs them. Owned by the agent's
 * thread; a request disturbs it from another one.
 */
final class BenchWork implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("sagui.bench");

  /** For the models to come, and for requests to cease. */
  private static final Duration PREPARATION = Duration.ofMinutes(5);

  /** Ending it, signing, sending and deleting would be in the way of requests that follow. */
  private static final Duration COURTESY = Duration.ofSeconds(2);

  private final String job;
  private final BenchModels models;
  private final Means means;
  private final long sinceNanos;
  private volatile boolean disturbed;
  private volatile Optional<Benches.Run> run = Optional.empty();
  private OptionalLong disturbedNanos = OptionalLong.empty();

  /**
   * What it is done with.
   *
   * @param freeMemory bytes that the system could give away now
   * @param ask a source for chunks
   */
  record Means(
      Benches benches,
      Requests requests,
      BenchAdmission admission,
      LongSupplier freeMemory,
      Consumer<ChunkRequest> ask) {}

  BenchWork(String job, BenchModels models, Means means, long nowNanos) {
    this.job = job;
    this.models = models;
    this.means = means;
    this.sinceNanos = nowNanos;
  }

  String job() {
    return job;
  }

  boolean isFetching() {
    return run.isEmpty();
  }

  /** A chunk came; it may be one that this waits for. */
  void arrived(ChunkResponse response, ChunkSource from, long nowNanos) throws IOException {
    if (isFetching()) {
      models.arrived(response, from, nowNanos);
    }
  }

  /** What was in flight does not come. */
  void askAnew() {
    models.askAnew();
  }

  /** Goes on; what came of the job if it has ended. */
  Optional<Outcome> advance(long nowNanos) throws IOException, UnavailableException {
    Optional<Outcome> outcome = run.isPresent() ? run.get().outcome() : prepared(nowNanos);
    if (disturbed) { // looked at last: it may have ended by itself at the same time
      return isOver(nowNanos)
          ? Optional.of(Outcome.interrupted("a request came"))
          : Optional.empty();
    }
    return means.admission.isUpdating()
        ? Optional.of(Outcome.interrupted("an update began"))
        : outcome;
  }

  /** Whether requests have ceased since the one that ended it, or go on and on. */
  private boolean isOver(long nowNanos) {
    if (disturbedNanos.isEmpty()) {
      disturbedNanos = OptionalLong.of(nowNanos);
    }
    return means.admission.isIdle() || nowNanos - disturbedNanos.getAsLong() > COURTESY.toNanos();
  }

  /** Goes on with what must be here before a run, and begins it. */
  private Optional<Outcome> prepared(long nowNanos) throws IOException, UnavailableException {
    if (nowNanos - sinceNanos > PREPARATION.toNanos()) {
      return Optional.of(
          Outcome.interrupted(
              "models or quiet did not come in %d min".formatted(PREPARATION.toMinutes())));
    }
    if (!models.isHere()) {
      models.due(nowNanos).ifPresent(means.ask);
    } else if (means.admission.isIdle()) {
      begin();
    }
    return Optional.empty();
  }

  private void begin() throws IOException, UnavailableException {
    models.requireMemory(means.freeMemory.getAsLong());
    LOG.log(Level.INFO, "bench={0} state=RUNNING", job);
    means.requests.whenNext(this::disturb); // first, so that no request is missed
    Benches.Run begun = means.benches.begin(models.task());
    run = Optional.of(begun);
    if (disturbed) {
      begun.freeze();
    }
  }

  /** What else is to be done would take time from the request. */
  private void disturb() {
    disturbed = true;
    run.ifPresent(Benches.Run::freeze);
  }

  /** Ends it, and leaves nothing of it. */
  @Override
  public void close() throws IOException {
    means.requests.forget();
    run.ifPresent(Benches.Run::abandon);
    models.close();
  }
}
