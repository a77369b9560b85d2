/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.fetch.Progress;
import dev.sagui.agent.fetch.ReleaseFetch;
import dev.sagui.agent.serve.ServedModel;
import dev.sagui.agent.trial.Trials;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.failure.FailureCode;
import dev.sagui.manifest.Manifest;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.util.Optional;

/** One model of this device at run time: its record, and the work on it. Owned by the agent. */
final class Slot {
  private SlotRecord record;
  private Optional<Pulling> pulling = Optional.empty();
  private Optional<Trying> trying = Optional.empty();
  private Optional<Probation> probation = Optional.empty();
  private Progress progress = Progress.NONE;
  private long progressAtNanos;
  private long retryAtNanos;
  private long turnAtNanos;

  /** A release that comes, and whom it is asked of. */
  record Pulling(ReleaseFetch fetch, Sources sources) {}

  /** A trial in a process of its own. */
  record Trying(Manifest manifest, Trials.Attempt attempt) {}

  /**
   * A release that serves, watched, before it is committed.
   *
   * @param standby what is committed, still loaded, if memory allowed
   */
  record Probation(
      Manifest manifest,
      Reported.Running running,
      long sinceNanos,
      Optional<ServedModel> standby) {}

  Slot(SlotRecord record) {
    this.record = record;
  }

  SlotRecord record() {
    return record;
  }

  void record(SlotRecord next) {
    record = next;
  }

  Optional<ReleaseFetch> fetch() {
    return pulling.map(Pulling::fetch);
  }

  /** Asks for chunks of what is fetched. */
  void ask(ChunkRequest request) {
    pulling.ifPresent(work -> work.sources.ask(request));
  }

  Optional<Trying> trying() {
    return trying;
  }

  Optional<Probation> probation() {
    return probation;
  }

  void begin(Pulling started, long nowNanos) throws IOException {
    end();
    progress = Progress.NONE;
    progressAtNanos = nowNanos;
    retryAtNanos = nowNanos; // what it waited for before is over
    pulling = Optional.of(started);
  }

  void begin(Trying started) throws IOException {
    end();
    trying = Optional.of(started);
  }

  void begin(Probation started) throws IOException {
    end();
    probation = Optional.of(started);
  }

  boolean isAtWork() {
    return pulling.isPresent() || trying.isPresent() || probation.isPresent();
  }

  /** Ends the work on it; what a probation held loaded is its caller's. */
  void end() throws IOException {
    trying.ifPresent(work -> work.attempt().abandon());
    trying = Optional.empty();
    probation = Optional.empty();
    if (pulling.isPresent()) {
      ReleaseFetch fetch = pulling.get().fetch;
      progress = fetch.progress();
      record = record.received(progress.takenBytes());
      pulling.get().sources.close();
      fetch.close();
      pulling = Optional.empty();
    }
  }

  /** When a byte that could be used came last. */
  long progressAtNanos() {
    return progressAtNanos;
  }

  void progressed(long nowNanos) {
    progressAtNanos = nowNanos;
  }

  long retryAtNanos() {
    return retryAtNanos;
  }

  void retryAt(long nanos) {
    retryAtNanos = nanos;
  }

  /** Whether the controller lets it begin to fetch. */
  boolean hasTurn(long nowNanos) {
    return nowNanos - turnAtNanos >= 0;
  }

  void turnAt(long nanos) {
    turnAtNanos = nanos;
  }

  /**
   * @param attestation of what is committed, if there is one
   */
  Reported.Slot report(Optional<String> attestation) {
    Progress now = fetch().map(ReleaseFetch::progress).orElse(progress);
    return new Reported.Slot(
        record.model(),
        record.state(),
        probation.map(Probation::running).or(record::serving),
        record.target().map(SlotRecord.Target::manifest),
        now.chunksHave(),
        now.chunksTotal(),
        now.wireBytes(),
        now.saved(),
        record.failure().or(this::trouble),
        attestation);
  }

  private Optional<Reported.Failure> trouble() {
    return fetch()
        .flatMap(ReleaseFetch::trouble)
        .map(why -> new Reported.Failure(FailureCode.UNREACHABLE, why + "; asked again"));
  }
}
