/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.serve.ModelTable;
import dev.sagui.agent.store.StartMark;
import dev.sagui.agent.update.Effort;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.agent.update.UpdateRules.Event;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/**
 * What serves, held against the disk: at a start committed models serve again, what does not load
 * falls back, and what the disk has damaged is fetched again.
 */
final class Resumption {
  private static final System.Logger LOG = System.getLogger("sagui.update");

  private final Slots slots;
  private final Installer installer;
  private final ModelTable models;
  private final StartMark mark;

  Resumption(Agent.Parts parts, Slots slots) {
    this.slots = slots;
    this.installer = parts.installer();
    this.models = parts.models();
    this.mark = new StartMark(parts.settings().home());
  }

  /** Serves what the slot committed, and leaves it in a state that a start can go on from. */
  void takeUp(Slot slot) throws IOException {
    serveCommitted(slot);
    SlotRecord record = slot.record();
    if (record.isBeingProven() && record.isStruckOut()) {
      slots.refuse(
          slot,
          Event.STRUCK_OUT,
          new Reported.Failure(
              FailureCode.MODEL_CRASHED,
              "the agent ended %d times while it proved this release"
                  .formatted(record.effort().tries())));
    } else {
      slot.record(record.after(Event.RESTARTED));
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
      fallBack(slot, failed.get());
    }
  }

  /** The disk has changed an artifact: the slots that fell back from it. */
  List<Slot> rotten(Digest artifact) throws IOException {
    List<Slot> holding = slots.holdings().holding(artifact);
    for (Slot slot : holding) {
      fallBack(
          slot,
          new RejectedException(
              FailureCode.ARTIFACT_DIGEST_MISMATCH,
              "the disk has changed artifact %s; it is fetched again"
                  .formatted(artifact.abbreviated())));
    }
    return holding;
  }

  /** The committed release cannot serve: the previous one does, and a damaged one is repaired. */
  private void fallBack(Slot slot, RejectedException why) throws IOException {
    SlotRecord record = slot.record();
    Digest serving = record.serving().orElseThrow().manifest();
    boolean damaged = installer.demoteDamaged(record.model(), serving);
    Optional<Reported.Running> instead =
        record.previous().flatMap(previous -> serve(record.model(), previous).running());
    Optional<SlotRecord.Target> repair = damaged ? repair(record, serving) : Optional.empty();
    Event event = why.code() == FailureCode.MODEL_CRASHED ? Event.STRUCK_OUT : Event.REFUSED;
    slot.record(
        repair
            .map(target -> record.damaged(instead, target, Slots.failure(why)))
            .orElseGet(() -> record.fellBack(instead, event, Slots.failure(why))));
    slots.save();
  }

  private Optional<SlotRecord.Target> repair(SlotRecord record, Digest damaged) throws IOException {
    Optional<SlotRecord.Target> target =
        record.target().filter(wanted -> wanted.manifest().equals(damaged));
    return target.isPresent() ? target : installer.target(damaged);
  }

  /** What came of loading a committed model. */
  private record Loaded(Optional<Reported.Running> running, Optional<RejectedException> failure) {}

  private Loaded serve(ArtifactName model, Digest manifest) {
    try {
      int loads = mark.loading(manifest);
      if (loads > Effort.MAX_TRIES) {
        throw new RejectedException(
            FailureCode.MODEL_CRASHED,
            "the agent ended %d times while it loaded this release".formatted(loads - 1));
      }
      Installer.Committed committed = installer.committed(model, manifest);
      models.put(committed.model());
      LOG.log(
          Level.INFO,
          "serving model={0} variant={1} since=start",
          model,
          committed.running().variant());
      return new Loaded(Optional.of(committed.running()), Optional.empty());
    } catch (RejectedException e) {
      return failed(model, manifest, e);
    } catch (IOException e) {
      String message = "the disk does not give it: " + e.getMessage();
      return failed(
          model, manifest, new RejectedException(FailureCode.MODEL_DOES_NOT_LOAD, message, e));
    } finally {
      mark.loaded(manifest);
    }
  }

  private static Loaded failed(ArtifactName model, Digest manifest, RejectedException e) {
    LOG.log(
        Level.ERROR,
        "serving=failed model={0} manifest={1} reason=\"{2}\"",
        model,
        manifest.abbreviated(),
        e.getMessage());
    return new Loaded(Optional.empty(), Optional.of(e));
  }
}
