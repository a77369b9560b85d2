/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.serve.ModelTable;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.agent.update.UpdateRules.Event;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** A start: committed models serve again, what does not load falls back. */
final class Resumption {
  private static final System.Logger LOG = System.getLogger("sagui.update");

  private final Slots slots;
  private final Installer installer;
  private final ModelTable models;

  Resumption(Slots slots, Installer installer, ModelTable models) {
    this.slots = slots;
    this.installer = installer;
    this.models = models;
  }

  /** Serves what the slot committed, and leaves it in a state that a start can go on from. */
  void takeUp(Slot slot) throws IOException {
    SlotRecord kept = slot.record();
    serveCommitted(slot);
    boolean crashing = kept.state() == SlotState.TRYING && kept.tries() >= SlotRecord.MAX_TRIES;
    slot.record(slot.record().after(Event.RESTARTED));
    if (crashing) {
      slots.refuse(
          slot,
          new RejectedException(
              FailureCode.MODEL_DOES_NOT_LOAD,
              "the agent ended %d times while it tried this release".formatted(kept.tries())));
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
      slot.record(record.fellBack(instead, event, Slots.failure(failed.get())));
      slots.save();
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
      return failed(model, manifest, e);
    } catch (IOException e) {
      String message = "the disk does not give it: " + e.getMessage();
      return failed(
          model, manifest, new RejectedException(FailureCode.MODEL_DOES_NOT_LOAD, message, e));
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
