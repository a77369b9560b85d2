/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.metrics.AgentMetrics;
import dev.sagui.agent.serve.ModelTable;
import dev.sagui.agent.serve.ServedModel;
import dev.sagui.agent.trial.Outcome;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.agent.update.Soak;
import dev.sagui.agent.update.UpdateRules.Event;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.RejectedException;
import dev.sagui.failure.UnavailableException;
import dev.sagui.manifest.Manifest;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * From verified files to a committed model: a trial in a process of its own, then service on
 * probation. Owned by the agent's thread.
 */
final class Proving {
  private static final System.Logger LOG = System.getLogger("sagui.update");

  /** Memory that the system keeps when two models are loaded at once. */
  private static final long RESERVE_BYTES = 64L << 20;

  private final Slots slots;
  private final Installer installer;
  private final ModelTable models;
  private final AgentMetrics metrics;
  private final LongSupplier freeMemory;
  private final Duration soak;

  Proving(Agent.Parts parts, Slots slots) {
    this.slots = slots;
    this.installer = parts.installer();
    this.models = parts.models();
    this.metrics = parts.metrics();
    this.freeMemory = parts.freeMemory();
    this.soak = parts.settings().soak();
  }

  /** All files of the slot's target are here: checks, stages and begins to try it. */
  void begin(Slot slot, Manifest manifest) throws IOException, UnavailableException {
    slot.end();
    slots.enter(slot, slot.record().accepted(manifest.sequence()).fetched());
    installer.checkFiles(manifest);
    slots.enter(slot, slot.record().after(Event.CHECKED));
    installer.stage(manifest, target(slot));
    attempt(slot, manifest);
  }

  private void attempt(Slot slot, Manifest manifest) throws IOException, UnavailableException {
    slots.enter(slot, slot.record().trying());
    slot.begin(new Slot.Trying(manifest, installer.begin(manifest, target(slot))));
  }

  private static Digest target(Slot slot) {
    return slot.record().target().orElseThrow().manifest();
  }

  /** What came of the trial, if it has ended. */
  void advance(Slot slot, Slot.Trying trying, long nowNanos)
      throws IOException, UnavailableException {
    Optional<Outcome> outcome = trying.attempt().outcome();
    if (outcome.isEmpty()) {
      return;
    }
    slot.end();
    switch (outcome.get().kind()) {
      case PASSED -> promote(slot, trying.manifest(), outcome.get().modelBytes(), nowNanos);
      case REFUSED -> slots.refuse(slot, Event.REFUSED, outcome.get().failure().orElseThrow());
      case CRASHED -> crashed(slot, trying.manifest(), outcome.get().failure().orElseThrow());
    }
  }

  private void crashed(Slot slot, Manifest manifest, Reported.Failure why)
      throws IOException, UnavailableException {
    LOG.log(
        Level.WARNING,
        "trial=crashed model={0} tries={1} reason=\"{2}\"",
        slot.record().model(),
        slot.record().effort().tries(),
        why.message());
    if (slot.record().isStruckOut()) {
      slots.refuse(
          slot,
          Event.STRUCK_OUT,
          new Reported.Failure(
              why.code(), "%s, %d times".formatted(why.message(), slot.record().effort().tries())));
    } else {
      attempt(slot, manifest);
    }
  }

  /** Serves the release, watched: beside the committed one if memory allows, else instead of it. */
  private void promote(Slot slot, Manifest manifest, long modelBytes, long nowNanos)
      throws IOException {
    boolean beside = freeMemory.getAsLong() - modelBytes >= RESERVE_BYTES;
    if (!beside) {
      LOG.log(Level.INFO, "loading=instead model={0} bytes={1}", manifest.model(), modelBytes);
      models.remove(manifest.model());
    }
    ServedModel model;
    try {
      model = installer.passed(manifest, target(slot));
      save(slot, model);
    } catch (RejectedException | IOException e) {
      restore(slot, Optional.empty());
      throw e;
    }
    Optional<ServedModel> standby = models.swap(model);
    metrics.watch(model.manifest());
    slot.begin(
        new Slot.Probation(
            manifest, Installer.running(manifest, model.manifest()), nowNanos, standby));
    slots.changed();
  }

  private void save(Slot slot, ServedModel model) throws IOException {
    try {
      slots.keep(slot, slot.record().after(Event.PASSED));
    } catch (IOException e) {
      model.session().close();
      throw e;
    }
  }

  /** Whether the release on probation was good enough, or for long enough. */
  void advance(Slot slot, Slot.Probation probation, long nowNanos) throws IOException {
    Digest release = probation.running().manifest();
    Soak rules = new Soak(soak, probation.manifest().limits().p95Millis());
    Optional<Reported.Failure> objection = rules.objection(metrics.health(release));
    if (objection.isPresent()) {
      leave(slot);
      slots.refuse(slot, Event.FAILED, objection.get());
      if (slot.record().serving().isEmpty()) {
        models.remove(slot.record().model());
      }
    } else if (rules.isOver(Duration.ofNanos(nowNanos - probation.sinceNanos()))) {
      commit(slot, probation);
    }
  }

  private void commit(Slot slot, Slot.Probation probation) throws IOException {
    slots.keep(slot, slot.record().committed(probation.running()));
    metrics.unwatch(probation.running().manifest());
    probation.standby().ifPresent(old -> old.session().close());
    slot.end();
    LOG.log(
        Level.INFO,
        "serving model={0} variant={1}",
        slot.record().model(),
        probation.running().variant());
    slots.saveAndCollect(); // saved again, so that the last good journal names it too
    slots.changed();
  }

  /** Ends a probation, if the slot is on one: what was committed serves again. */
  void leave(Slot slot) throws IOException {
    if (slot.probation().isPresent()) {
      Slot.Probation probation = slot.probation().get();
      metrics.unwatch(probation.running().manifest());
      restore(slot, probation.standby());
    }
    slot.end();
  }

  /** Without a committed model, what is on probation goes on until something better comes. */
  private void restore(Slot slot, Optional<ServedModel> standby) {
    SlotRecord record = slot.record();
    if (record.serving().isEmpty()) {
      return;
    }
    Digest committed = record.serving().get().manifest();
    if (models
        .find(record.model().value())
        .filter(m -> m.manifest().equals(committed))
        .isPresent()) {
      return;
    }
    try {
      models.put(
          standby.isPresent()
              ? standby.get()
              : installer.committed(record.model(), committed).model());
    } catch (RejectedException | IOException e) {
      LOG.log(
          Level.ERROR,
          "serving=failed model={0} manifest={1} reason=\"{2}\"",
          record.model(),
          committed.abbreviated(),
          e.getMessage());
    }
  }
}
