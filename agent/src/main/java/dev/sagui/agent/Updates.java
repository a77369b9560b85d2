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
import java.util.List;
import java.util.function.Consumer;

/** The models of this device on their way to what is desired. Owned by the agent's thread. */
final class Updates {
  private static final System.Logger LOG = System.getLogger("sagui.update");
  private static final Duration DISK_RETRY = Duration.ofSeconds(60);

  private final Settings settings;
  private final ArtifactStore store;
  private final Installer installer;
  private final ModelTable models;
  private final Consumer<ChunkRequest> ask;
  private final Runnable changed;
  private final Slots slots;

  /**
   * Updates that ask the controller through {@code ask}.
   *
   * @param changed called after each change that the controller should hear of
   */
  Updates(Agent.Parts parts, Consumer<ChunkRequest> ask, Runnable changed) {
    this.settings = parts.settings();
    this.store = parts.store();
    this.installer = parts.installer();
    this.models = parts.models();
    this.ask = ask;
    this.changed = changed;
    this.slots = new Slots(parts, changed);
  }

  /** The newest desired state accepted; 0 if none. */
  long desiredSequence() {
    return slots.desiredSequence();
  }

  List<Reported.Slot> report() {
    return slots.all().stream().map(Slot::report).toList();
  }

  /** Takes up what the journal holds; every committed model serves when it returns. */
  void resume() throws IOException {
    slots.load(); // all of them, before any is saved
    models.desire(names());
    Resumption resumption = new Resumption(slots, installer, models);
    for (Slot slot : slots.all()) {
      resumption.takeUp(slot);
      if (slot.record().state() == SlotState.FETCHING) {
        fetch(slot);
      }
    }
  }

  /** Makes the slots strive for {@code desired}, which was believed. */
  void apply(DesiredState desired) throws IOException {
    LOG.log(
        Level.INFO, "desired sequence={0} models={1}", desired.sequence(), desired.slots().size());
    slots.desire(desired.sequence());
    for (Slot slot : slots.all()) {
      if (desired.slots().stream().noneMatch(d -> d.model().equals(slot.record().model()))) {
        slots.remove(slot);
        models.remove(slot.record().model());
      }
    }
    for (DesiredState.Slot wanted : desired.slots()) {
      strive(slots.of(wanted.model()), wanted);
    }
    models.desire(names());
    slots.save();
    slots.collect();
    changed.run();
  }

  private List<ArtifactName> names() {
    return slots.all().stream().map(slot -> slot.record().model()).toList();
  }

  private void strive(Slot slot, DesiredState.Slot wanted) throws IOException {
    SlotRecord before = slot.record();
    slot.record(before.desired(new SlotRecord.Target(wanted.manifest(), wanted.manifestBytes())));
    if (!slot.record().equals(before)) {
      slot.end();
      if (slot.record().state() == SlotState.FETCHING) {
        fetch(slot);
      }
    }
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
    for (Slot slot : slots.all()) {
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
      slots.refuse(slot, e);
    } catch (IOException e) {
      slot.retryAt(nowNanos + DISK_RETRY.toNanos());
      slots.refuse(
          slot,
          new RejectedException(
              FailureCode.DISK_FULL,
              "the disk does not take it (%s); %d bytes are free; tried again in %d s"
                  .formatted(e.getMessage(), store.freeBytes(), DISK_RETRY.toSeconds()),
              e));
    }
  }

  /** What time brings: requests, finished fetches, another try on a disk that was full. */
  void tick(long nowNanos) throws IOException {
    for (Slot slot : slots.all()) {
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
    slots.enter(slot, slot.record().accepted(manifest.sequence()).after(Event.FETCHED));
    installer.checkFiles(manifest);
    slots.enter(slot, slot.record().after(Event.CHECKED));
    installer.stage(manifest, signed);
    slots.enter(slot, slot.record().trying());
    commit(slot, installer.tried(manifest, signed), manifest);
    LOG.log(Level.INFO, "serving model={0} variant={1}", manifest.model(), manifest.variant());
    slots.collect();
    changed.run();
  }

  /** The journal first, then the model that serves, and only then the word that it does. */
  private void commit(Slot slot, ServedModel model, Manifest manifest) throws IOException {
    Reported.Running running = Installer.running(manifest, model.manifest());
    try {
      slots.keep(slot, slot.record().passed(running));
    } catch (IOException e) {
      model.session().close();
      throw e;
    }
    models.put(model);
    changed.run();
  }

  /** The connection was lost and stands again: what was in flight is asked for anew. */
  void reconnected() {
    slots.all().forEach(slot -> slot.fetch().ifPresent(ReleaseFetch::reconnected));
  }

  /** Whether something is under way that time moves on. */
  boolean isBusy() {
    return slots.all().stream().anyMatch(slot -> slot.fetch().isPresent());
  }
}
