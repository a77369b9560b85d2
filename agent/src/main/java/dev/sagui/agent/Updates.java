/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.config.Settings;
import dev.sagui.agent.fetch.Pace;
import dev.sagui.agent.fetch.ReleaseFetch;
import dev.sagui.agent.serve.ModelTable;
import dev.sagui.agent.serve.ServedModel;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.store.Journal;
import dev.sagui.agent.update.AgentRecord;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.agent.update.UpdateRules.Event;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.DesiredState;
import dev.sagui.manifest.Manifest;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The models of this device on their way to what is desired; saved before each state is entered.
 * Owned by the agent's thread.
 */
final class Updates {
  private static final System.Logger LOG = System.getLogger("sagui.update");
  private static final Duration DISK_RETRY = Duration.ofSeconds(60);

  private final Settings settings;
  private final ArtifactStore store;
  private final Journal journal;
  private final Installer installer;
  private final ModelTable models;
  private final Consumer<ChunkRequest> ask;
  private final Runnable changed;
  private final List<Slot> slots = new ArrayList<>();
  private long desiredSequence;

  /**
   * Updates that ask the controller through {@code ask}.
   *
   * @param changed called after each change that the controller should hear of
   */
  Updates(Agent.Parts parts, Consumer<ChunkRequest> ask, Runnable changed) {
    this.settings = parts.settings();
    this.store = parts.store();
    this.journal = parts.journal();
    this.installer = parts.installer();
    this.models = parts.models();
    this.ask = ask;
    this.changed = changed;
  }

  /** The newest desired state accepted; 0 if none. */
  long desiredSequence() {
    return desiredSequence;
  }

  List<Reported.Slot> report() {
    return slots.stream().map(Slot::report).toList();
  }

  /** Takes up what the journal holds; every committed model serves when it returns. */
  void resume() throws IOException {
    AgentRecord record = journal.load();
    desiredSequence = record.desiredSequence();
    record.slots().forEach(kept -> slots.add(new Slot(kept))); // all of them, before any is saved
    for (Slot slot : slots) {
      SlotRecord kept = slot.record();
      serveCommitted(slot);
      boolean crashing = kept.state() == SlotState.TRYING && kept.tries() >= SlotRecord.MAX_TRIES;
      slot.record(slot.record().after(Event.RESTARTED));
      if (crashing) {
        refuse(
            slot,
            new RejectedException(
                FailureCode.MODEL_DOES_NOT_LOAD,
                "the agent ended %d times while it tried this release".formatted(kept.tries())));
      } else if (slot.record().state() == SlotState.FETCHING) {
        fetch(slot);
      }
    }
  }

  private void serveCommitted(Slot slot) throws IOException {
    SlotRecord record = slot.record();
    if (record.serving().isEmpty()) {
      return;
    }
    Digest serving = record.serving().get().manifest();
    Optional<RejectedException> failed = serve(record.model(), serving).failure();
    if (failed.isPresent()) {
      Event event =
          installer.discardDamaged(record.model(), serving) ? Event.DESIRED : Event.REFUSED;
      Optional<Reported.Running> instead =
          record.previous().flatMap(previous -> serve(record.model(), previous).running());
      slot.record(record.fellBack(instead, event, failure(failed.get())));
      save();
    }
  }

  /** What came of loading a committed model. */
  private record Loaded(Optional<Reported.Running> running, Optional<RejectedException> failure) {}

  private Loaded serve(ArtifactName model, Digest manifest) {
    try {
      Installer.Committed committed = installer.committed(model, manifest);
      models.put(committed.model());
      LOG.log(
          Level.INFO,
          "serving model={0} variant={1} since=start",
          model,
          committed.running().variant());
      return new Loaded(Optional.of(committed.running()), Optional.empty());
    } catch (RejectedException e) {
      LOG.log(
          Level.ERROR,
          "serving=failed model={0} manifest={1} reason=\"{2}\"",
          model,
          manifest.abbreviated(),
          e.getMessage());
      return new Loaded(Optional.empty(), Optional.of(e));
    } catch (IOException e) {
      LOG.log(Level.ERROR, "serving=failed model={0} reason=\"{1}\"", model, e.getMessage());
      return new Loaded(
          Optional.empty(),
          Optional.of(
              new RejectedException(
                  FailureCode.MODEL_DOES_NOT_LOAD,
                  "the disk does not give it: " + e.getMessage(),
                  e)));
    }
  }

  private static Reported.Failure failure(RejectedException e) {
    return new Reported.Failure(e.code(), String.valueOf(e.getMessage()));
  }

  /** Makes the slots strive for {@code desired}, which was believed. */
  void apply(DesiredState desired) throws IOException {
    LOG.log(
        Level.INFO, "desired sequence={0} models={1}", desired.sequence(), desired.slots().size());
    desiredSequence = desired.sequence();
    for (Slot slot : List.copyOf(slots)) {
      if (desired.slots().stream().noneMatch(d -> d.model().equals(slot.record().model()))) {
        slot.end();
        slots.remove(slot);
        models.remove(slot.record().model());
        LOG.log(Level.INFO, "removed model={0}", slot.record().model());
      }
    }
    for (DesiredState.Slot wanted : desired.slots()) {
      Slot slot = slot(wanted);
      SlotRecord before = slot.record();
      slot.record(before.desired(new SlotRecord.Target(wanted.manifest(), wanted.manifestBytes())));
      if (!slot.record().equals(before)) {
        slot.end();
        if (slot.record().state() == SlotState.FETCHING) {
          fetch(slot);
        }
      }
    }
    save();
    collect();
    changed.run();
  }

  private Slot slot(DesiredState.Slot wanted) {
    Optional<Slot> known =
        slots.stream().filter(s -> s.record().model().equals(wanted.model())).findFirst();
    return known.orElseGet(
        () -> {
          Slot fresh = new Slot(SlotRecord.fresh(wanted.model()));
          slots.add(fresh);
          return fresh;
        });
  }

  private void fetch(Slot slot) throws IOException {
    SlotRecord record = slot.record();
    SlotRecord.Target target = record.target().orElseThrow();
    LOG.log(
        Level.INFO,
        "state=FETCHING model={0} manifest={1}",
        record.model(),
        target.manifest().abbreviated());
    slot.begin(
        new ReleaseFetch(
            target,
            store,
            signed -> installer.believe(signed, record.model(), record.newestSequence()),
            new Pace(settings.fetchBytesPerSecond())));
  }

  /** A chunk came, for whichever fetch wants it. */
  void arrived(ChunkResponse response, long nowNanos) throws IOException {
    for (Slot slot : slots) {
      if (slot.fetch().isPresent()) {
        guarded(slot, () -> slot.fetch().get().arrived(response, nowNanos), nowNanos);
      }
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  /** Runs a step of the slot's update; what it throws refuses the release. */
  private void guarded(Slot slot, Step step, long nowNanos) throws IOException {
    try {
      step.run();
    } catch (RejectedException e) {
      refuse(slot, e);
    } catch (IOException e) {
      slot.retryAt(nowNanos + DISK_RETRY.toNanos());
      refuse(
          slot,
          new RejectedException(
              FailureCode.DISK_FULL,
              "the disk does not take it (%s); %d bytes are free; tried again in %d s"
                  .formatted(e.getMessage(), store.freeBytes(), DISK_RETRY.toSeconds()),
              e));
    }
  }

  private void refuse(Slot slot, RejectedException e) throws IOException {
    slot.end();
    slot.record(slot.record().refused(failure(e)));
    LOG.log(
        Level.WARNING,
        "state=REJECTED model={0} code={1} reason=\"{2}\"",
        slot.record().model(),
        e.code(),
        e.getMessage());
    saveIfPossible();
    changed.run();
  }

  /** A refusal is reported even when the disk is full; a restart would only find it again. */
  private void saveIfPossible() {
    try {
      save();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "journal=unsaved reason=\"{0}\"", e.getMessage());
    }
  }

  /** What time brings: requests, finished fetches, another try on a disk that was full. */
  void tick(long nowNanos) throws IOException {
    for (Slot slot : List.copyOf(slots)) {
      if (slot.fetch().isPresent()) {
        guarded(slot, () -> advance(slot, slot.fetch().get(), nowNanos), nowNanos);
      } else if (isDiskRetryDue(slot, nowNanos)) {
        slot.record(slot.record().after(Event.DESIRED));
        fetch(slot);
      }
    }
  }

  private static boolean isDiskRetryDue(Slot slot, long now) {
    return slot.record().state() == SlotState.REJECTED
        && slot.record().failure().filter(f -> f.code() == FailureCode.DISK_FULL).isPresent()
        && now - slot.retryAtNanos() >= 0;
  }

  private void advance(Slot slot, ReleaseFetch fetch, long nowNanos) throws IOException {
    fetch.due(nowNanos).ifPresent(ask);
    if (fetch.isDone()) {
      install(slot, fetch.manifest().orElseThrow());
    }
  }

  private void install(Slot slot, Manifest manifest) throws IOException {
    slot.end();
    Digest signed = slot.record().target().orElseThrow().manifest();
    enter(slot, slot.record().accepted(manifest.sequence()).after(Event.FETCHED));
    installer.checkFiles(manifest);
    enter(slot, slot.record().after(Event.CHECKED));
    installer.stage(manifest, signed);
    enter(slot, slot.record().trying());
    commit(slot, installer.tried(manifest, signed), manifest);
    LOG.log(Level.INFO, "serving model={0} variant={1}", manifest.model(), manifest.variant());
    collect();
    changed.run();
  }

  private void commit(Slot slot, ServedModel model, Manifest manifest) throws IOException {
    Reported.Running running = Installer.running(manifest, model.manifest());
    try {
      enter(slot, slot.record().passed(running));
    } catch (IOException e) {
      model.session().close();
      throw e;
    }
    models.put(model);
  }

  /** Saves the state, then is in it. */
  private void enter(Slot slot, SlotRecord next) throws IOException {
    SlotRecord before = slot.record();
    slot.record(next);
    try {
      save();
    } catch (IOException e) {
      slot.record(before);
      throw e;
    }
    LOG.log(Level.INFO, "state={0} model={1}", next.state(), next.model());
    changed.run();
  }

  private void save() throws IOException {
    journal.save(new AgentRecord(desiredSequence, slots.stream().map(Slot::record).toList()));
  }

  private void collect() throws IOException {
    Set<Digest> artifacts = new HashSet<>();
    Set<Digest> releases = new HashSet<>();
    for (Slot slot : slots) {
      SlotRecord record = slot.record();
      record.serving().ifPresent(running -> releases.add(running.manifest()));
      record.previous().ifPresent(releases::add);
      record.target().ifPresent(target -> releases.add(target.manifest()));
    }
    for (Digest release : releases) {
      artifacts.addAll(installer.artifactsOf(release));
    }
    store.collect(artifacts, releases);
  }

  /** The connection was lost and stands again: what was in flight is asked for anew. */
  void reconnected() {
    slots.forEach(slot -> slot.fetch().ifPresent(ReleaseFetch::reconnected));
  }

  /** Whether something is under way that time moves on. */
  boolean isBusy() {
    return slots.stream().anyMatch(slot -> slot.fetch().isPresent());
  }
}
