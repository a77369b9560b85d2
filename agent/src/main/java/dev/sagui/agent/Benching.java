/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.bench.Benches;
import dev.sagui.agent.bench.Board;
import dev.sagui.agent.config.Settings;
import dev.sagui.agent.fetch.ChunkSource;
import dev.sagui.agent.serve.Requests;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.StagedFile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import dev.sagui.manifest.BenchJob;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.wire.Ack;
import dev.sagui.wire.BenchReport;
import dev.sagui.wire.BenchReport.Outcome;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Measures a model for the controller when this device has nothing else to do: pulls it into a
 * scratch folder, runs it against a reference, answers, deletes. A request to a served model and an
 * update end it at once. Owned by the agent's thread.
 */
final class Benching {
  private static final System.Logger LOG = System.getLogger("sagui.bench");

  /** For the models to come, and for requests to cease. */
  private static final Duration PREPARATION = Duration.ofMinutes(5);

  private final Settings settings;
  private final String instance;
  private final ManifestCheck check;
  private final Benches benches;
  private final Requests requests;
  private final LongSupplier freeMemory;
  private final BenchAdmission admission;
  private final Outbox reports;
  private final Ties ties;
  private final Path folder;
  private long newest;
  private Optional<Work> work = Optional.empty();

  /**
   * To the rest of the agent.
   *
   * @param ask the controller for chunks
   * @param updating whether an update is under way
   */
  record Ties(Consumer<ChunkRequest> ask, BooleanSupplier updating) {}

  /**
   * A job that was taken.
   *
   * @param disturbed whether a request came while it ran
   */
  private record Work(
      String job,
      BenchModels models,
      long sinceNanos,
      AtomicBoolean disturbed,
      Optional<Benches.Run> run) {}

  Benching(Agent.Parts parts, Outbox reports, Ties ties) {
    this.settings = parts.settings();
    this.instance = parts.instance();
    this.reports = reports;
    this.check = parts.check();
    this.benches = parts.benches();
    this.requests = parts.models().requests();
    this.freeMemory = parts.freeMemory();
    this.admission =
        new BenchAdmission(
            settings.bench(), requests, Board.here(), parts.wallClock(), ties.updating);
    this.ties = ties;
    this.folder = settings.home().resolve("bench");
  }

  /** Deletes what an earlier start left of a bench. */
  void resume() throws IOException {
    if (Files.exists(taken())) {
      String told = Files.readString(taken()).strip();
      newest = told.matches("\\d{1,18}") ? Long.parseLong(told) : 0; // a disk may have changed it
      scratch().collect(Set.of(), Set.of());
    }
  }

  /** Holds the sequence of the last job that was taken. */
  private Path taken() {
    return folder.resolve("taken");
  }

  private ArtifactStore scratch() throws IOException {
    return new ArtifactStore(folder.resolve("scratch"));
  }

  /**
   * A job was offered.
   *
   * @throws RejectedException it is not to be believed
   */
  void offered(byte[] envelope, long nowNanos) throws IOException {
    BenchJob job = check.bench(envelope, settings.device(), newest);
    newest = job.sequence();
    Optional<String> obstacle =
        work.isPresent() ? Optional.of("it measures another model") : admission.obstacle();
    if (obstacle.isPresent()) {
      answer(job.id(), Outcome.declined(obstacle.get()), nowNanos);
      return;
    }
    ArtifactStore store = scratch();
    StagedFile.write(taken(), Long.toString(newest).getBytes(StandardCharsets.US_ASCII));
    LOG.log(Level.INFO, "bench={0} state=FETCHING", job.id());
    BenchModels models = new BenchModels(settings, check, job, store);
    work = Optional.of(new Work(job.id(), models, nowNanos, new AtomicBoolean(), Optional.empty()));
  }

  /** A chunk came; it may be one that a bench waits for. */
  void arrived(ChunkResponse response, ChunkSource from, long nowNanos) throws IOException {
    if (isFetching()) {
      guarded(
          now -> {
            now.models.arrived(response, from, nowNanos);
            return Optional.empty();
          },
          nowNanos);
    }
  }

  /** What time brings: requests for chunks, the run, its end. */
  void tick(long nowNanos) throws IOException {
    if (work.isPresent()) {
      guarded(now -> advance(now, nowNanos), nowNanos);
    }
    reports.flush(nowNanos);
  }

  void acknowledged(Ack ack) {
    reports.acknowledged(ack);
  }

  /** A connection stands: an answer that is not acknowledged goes out. */
  void connected(long nowNanos) {
    reports.connected(nowNanos);
  }

  /** A part of the work, and what came of the job if that ends it. */
  private interface Step {
    Optional<Outcome> run(Work now) throws IOException, UnavailableException;
  }

  private void guarded(Step step, long nowNanos) throws IOException {
    Optional<Outcome> outcome;
    try {
      outcome = step.run(work.orElseThrow());
    } catch (RejectedException e) {
      String message = String.valueOf(e.getMessage());
      boolean room = e.code() == FailureCode.OVER_FLASH_BUDGET;
      outcome = Optional.of(room ? Outcome.declined(message) : Outcome.failed(Slots.failure(e)));
    } catch (UnavailableException e) {
      outcome = Optional.of(Outcome.declined(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      outcome = Optional.of(Outcome.declined("the disk does not take it: " + e.getMessage()));
    }
    if (outcome.isPresent()) {
      String job = work.orElseThrow().job;
      end();
      answer(job, outcome.get(), nowNanos);
    }
  }

  private Optional<Outcome> advance(Work now, long nowNanos)
      throws IOException, UnavailableException {
    Optional<Outcome> outcome =
        now.run.isPresent() ? now.run.get().outcome() : prepared(now, nowNanos);
    if (now.disturbed.get()) { // looked at last: who is killed has an outcome too
      return Optional.of(Outcome.interrupted("a request came"));
    }
    return admission.isUpdating() ? Optional.of(Outcome.interrupted("an update began")) : outcome;
  }

  /** Goes on with what must be here before a run, and begins it. */
  private Optional<Outcome> prepared(Work now, long nowNanos)
      throws IOException, UnavailableException {
    if (nowNanos - now.sinceNanos > PREPARATION.toNanos()) {
      return Optional.of(
          Outcome.interrupted(
              "models or quiet did not come in %d min".formatted(PREPARATION.toMinutes())));
    }
    if (!now.models.isHere()) {
      now.models.due(nowNanos).ifPresent(ties.ask);
    } else if (admission.isIdle()) {
      begin(now);
    }
    return Optional.empty();
  }

  private void begin(Work now) throws IOException, UnavailableException {
    now.models.requireMemory(freeMemory.getAsLong());
    LOG.log(Level.INFO, "bench={0} state=RUNNING", now.job);
    Benches.Run run = benches.begin(now.models.task());
    work =
        Optional.of(new Work(now.job, now.models, now.sinceNanos, now.disturbed, Optional.of(run)));
    requests.whenNext(
        () -> {
          now.disturbed.set(true);
          run.abandon();
        });
  }

  /** Whether ticks should come soon: they should not while a child's runs are timed. */
  boolean isFetching() {
    return work.isPresent() && work.get().run.isEmpty();
  }

  private void answer(String job, Outcome outcome, long nowNanos) {
    LOG.log(
        Level.INFO, "bench={0} outcome={1} reason=\"{2}\"", job, outcome.kind(), outcome.reason());
    reports.replace(
        sequence -> new BenchReport(settings.device(), instance, sequence, job, outcome).encode(),
        nowNanos);
  }

  /** Ends what is under way, and leaves nothing of it. */
  void end() throws IOException {
    if (work.isPresent()) {
      Work now = work.get();
      work = Optional.empty();
      requests.forget();
      now.run.ifPresent(Benches.Run::abandon);
      now.models.close();
    }
  }
}
