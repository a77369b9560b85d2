/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.bench.Board;
import dev.sagui.agent.config.Settings;
import dev.sagui.agent.fetch.ChunkSource;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.StagedFile;
import dev.sagui.artifact.Digest;
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
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Measures a model for the controller when this device has nothing else to do: pulls it into a
 * scratch folder, runs it against a reference, answers, deletes. A request to a served model and an
 * update end it at once. Owned by the agent's thread.
 */
final class Benching {
  private static final System.Logger LOG = System.getLogger("sagui.bench");

  private final Settings settings;
  private final String instance;
  private final ManifestCheck check;
  private final Attestor attestor;
  private final BenchAdmission admission;
  private final BenchWork.Means means;
  private final Outbox reports;
  private final IntSupplier window;
  private final Path folder;
  private long newest;
  private Optional<BenchWork> work = Optional.empty();

  /**
   * To the rest of the agent.
   *
   * @param ask the controller for chunks
   * @param window how many of them may be in flight
   * @param updating whether an update is under way
   */
  record Ties(Consumer<ChunkRequest> ask, IntSupplier window, BooleanSupplier updating) {}

  Benching(Agent.Parts parts, Outbox reports, Ties ties) {
    this.settings = parts.settings();
    this.instance = parts.instance();
    this.reports = reports;
    this.check = parts.check();
    this.attestor = parts.attestor();
    this.admission =
        new BenchAdmission(
            settings.bench(),
            parts.models().requests(),
            Board.here(),
            parts.wallClock(),
            ties.updating);
    this.means =
        new BenchWork.Means(
            parts.benches(), parts.models().requests(), admission, parts.freeMemory(), ties.ask);
    this.window = ties.window;
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
   * @throws RejectedException it is not to be believed; who offered it is told, by the digest of
   *     what was sent, for nothing in it is believed
   */
  void offered(byte[] envelope, long nowNanos) {
    BenchJob job;
    try {
      job = check.bench(envelope, settings.device(), newest);
    } catch (RejectedException e) {
      if (work.isEmpty() && reports.isIdle()) { // never in place of an answer
        String reason = "%s: %s".formatted(e.code(), e.getMessage());
        answer(Digest.of(envelope).hex(), Outcome.declined(reason), nowNanos);
      }
      throw e;
    }
    newest = job.sequence();
    Optional<String> obstacle =
        work.isPresent() ? Optional.of("it measures another model") : admission.obstacle();
    if (obstacle.isPresent()) {
      answer(job.id(), Outcome.declined(obstacle.get()), nowNanos);
      return;
    }
    try {
      begin(job, nowNanos);
    } catch (IOException e) {
      answer(job.id(), full(e), nowNanos);
    }
  }

  private void begin(BenchJob job, long nowNanos) throws IOException {
    ArtifactStore store = scratch();
    StagedFile.write(taken(), Long.toString(newest).getBytes(StandardCharsets.US_ASCII));
    LOG.log(Level.INFO, "bench={0} state=FETCHING", job.id());
    BenchModels models = new BenchModels(settings, check, job, store, window);
    work = Optional.of(new BenchWork(job.id(), models, means, nowNanos));
  }

  /** A chunk came; it may be one that a bench waits for. */
  void arrived(ChunkResponse response, ChunkSource from, long nowNanos) throws IOException {
    if (work.isPresent()) {
      guarded(
          now -> {
            now.arrived(response, from, nowNanos);
            return Optional.empty();
          },
          nowNanos);
    }
  }

  /** What was in flight does not come. */
  void askAnew() {
    work.ifPresent(BenchWork::askAnew);
  }

  /** What time brings: requests for chunks, the run, its end. */
  void tick(long nowNanos) throws IOException {
    if (work.isPresent()) {
      guarded(now -> now.advance(nowNanos), nowNanos);
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
    Optional<Outcome> run(BenchWork now) throws IOException, UnavailableException;
  }

  private void guarded(Step step, long nowNanos) throws IOException {
    BenchWork now = work.orElseThrow();
    Optional<Outcome> outcome;
    try {
      outcome = step.run(now);
    } catch (RejectedException e) {
      String message = String.valueOf(e.getMessage());
      boolean room = e.code() == FailureCode.OVER_FLASH_BUDGET;
      outcome = Optional.of(room ? Outcome.declined(message) : Outcome.failed(Slots.failure(e)));
    } catch (UnavailableException e) {
      outcome = Optional.of(Outcome.declined(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      outcome = Optional.of(full(e));
    }
    if (outcome.isPresent()) {
      answer(now.job(), outcome.get(), nowNanos); // first: a disk may not let go of the models
      end();
    }
  }

  private static Outcome full(IOException e) {
    return Outcome.declined("the disk does not take it: " + e.getMessage());
  }

  /** Whether ticks should come soon: they should not while a child's runs are timed. */
  boolean isFetching() {
    return work.isPresent() && work.get().isFetching();
  }

  private void answer(String job, Outcome outcome, long nowNanos) {
    LOG.log(
        Level.INFO, "bench={0} outcome={1} reason=\"{2}\"", job, outcome.kind(), outcome.reason());
    reports.replace(
        sequence ->
            attestor.signed(new BenchReport(settings.device(), instance, sequence, job, outcome)),
        nowNanos);
  }

  /** Ends what is under way, and leaves nothing of it. */
  void end() throws IOException {
    if (work.isPresent()) {
      BenchWork now = work.get();
      work = Optional.empty();
      now.close();
    }
  }
}
