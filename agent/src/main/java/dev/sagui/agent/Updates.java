/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.fetch.ChunkSource;
import dev.sagui.agent.fetch.ReleaseFetch;
import dev.sagui.agent.serve.ModelTable;
import dev.sagui.agent.store.Scrub;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.agent.update.UpdateRules.Event;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.UnavailableException;
import dev.sagui.manifest.DesiredState;
import dev.sagui.manifest.Manifest;
import dev.sagui.wire.ChunkResponse;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/** The models of this device on their way to what is desired. Owned by the agent's thread. */
final class Updates {
  private static final System.Logger LOG = System.getLogger("sagui.update");
  private final ModelTable models;
  private final Attestor attestor;
  private final Runnable changed;
  private final Slots slots;
  private final Fetching fetching;
  private final Proving proving;
  private final Waits waits;
  private final Resumption resumption;
  private final Scrub scrub;

  /**
   * @param asking whom they ask for chunks
   * @param changed called after each change that the controller should hear of
   */
  Updates(Agent.Parts parts, Asking asking, Runnable changed) {
    this.models = parts.models();
    this.attestor = parts.attestor();
    this.changed = changed;
    this.slots = new Slots(parts, changed);
    this.fetching = new Fetching(parts, slots, asking);
    this.proving = new Proving(parts, slots);
    this.waits = new Waits(parts, slots);
    this.resumption = new Resumption(parts, slots);
    this.scrub = new Scrub(parts.store(), parts.nanoClock().getAsLong());
  }

  /** The newest desired state accepted; 0 if none. */
  long desiredSequence() {
    return slots.desiredSequence();
  }

  List<Reported.Slot> report() {
    return slots.all().stream().map(slot -> slot.report(attestor.of(slot.record()))).toList();
  }

  /** Takes up what the journal holds; every committed model serves when it returns. */
  void resume(long nowNanos) throws IOException {
    slots.load(); // all of them, before any is saved
    models.desire(slots.models());
    for (Slot slot : slots.all()) {
      waits.resumed(slot, nowNanos);
      resumption.takeUp(slot);
      if (slot.record().state() == SlotState.FETCHING) {
        fetching.begin(slot, nowNanos);
      }
    }
  }

  /** Makes the slots strive for {@code desired}, which was believed. */
  void apply(DesiredState desired, long nowNanos) throws IOException {
    LOG.log(
        Level.INFO, "desired sequence={0} models={1}", desired.sequence(), desired.slots().size());
    slots.desire(desired.sequence());
    for (Slot slot : slots.all()) {
      if (desired.slots().stream().noneMatch(d -> d.model().equals(slot.record().model()))) {
        proving.leave(slot);
        slots.remove(slot);
        models.remove(slot.record().model());
      }
    }
    for (DesiredState.Slot wanted : desired.slots()) {
      strive(slots.of(wanted.model()), wanted, nowNanos);
    }
    models.desire(slots.models());
    slots.saveAndCollect();
    changed.run();
  }

  private void strive(Slot slot, DesiredState.Slot wanted, long nowNanos) throws IOException {
    SlotRecord before = slot.record();
    SlotRecord.Target target =
        new SlotRecord.Target(wanted.manifest(), wanted.manifestBytes(), wanted.terms());
    SlotRecord next = before.desired(target);
    if (next.state() == before.state() && next.state() != SlotState.FETCHING) {
      slot.record(next); // other terms at most
    } else if (!next.equals(before)) {
      proving.leave(slot); // which notes what has come
      slot.record(slot.record().desired(target));
      if (next.state() == SlotState.FETCHING) {
        if (!isTold(before, wanted)) {
          slot.turnAt(nowNanos + wanted.terms().turn().toNanos());
        }
        fetching.begin(slot, nowNanos);
      }
    }
  }

  /** Whether it strives for that release already, and from the same turn on. */
  private static boolean isTold(SlotRecord before, DesiredState.Slot wanted) {
    return before
        .target()
        .filter(known -> known.manifest().equals(wanted.manifest()))
        .filter(known -> known.terms().turn().equals(wanted.terms().turn()))
        .isPresent();
  }

  /** A chunk came, for whichever fetch wants it. */
  void arrived(ChunkResponse response, ChunkSource from, long nowNanos) throws IOException {
    for (Slot slot : slots.all()) {
      if (slot.fetch().isPresent()) {
        waits.guarded(
            slot,
            () -> {
              if (slot.fetch().get().arrived(response, from, nowNanos)) {
                slot.progressed(nowNanos);
              }
            },
            nowNanos);
      }
    }
  }

  /** What time brings: requests, finished fetches and trials, verdicts, ends of waits. */
  void tick(long nowNanos) throws IOException {
    for (Slot slot : slots.all()) {
      if (slot.fetch().isPresent()) {
        waits.guarded(slot, () -> advance(slot, slot.fetch().get(), nowNanos), nowNanos);
      } else if (slot.trying().isPresent()) {
        waits.guarded(slot, () -> proving.advance(slot, slot.trying().get(), nowNanos), nowNanos);
      } else if (slot.probation().isPresent()) {
        waits.patient(
            slot, () -> proving.advance(slot, slot.probation().get(), nowNanos), nowNanos);
      } else if (slot.record().state() == SlotState.WAITING) {
        waits.guarded(slot, () -> goOn(slot, nowNanos), nowNanos);
      }
    }
    if (!isAtWork()) {
      scrub(nowNanos);
    }
    if (attestor.advance(slots.all().stream().map(Slot::record).toList(), nowNanos)) {
      changed.run();
    }
  }

  /** Reads on in what is committed; what the disk has damaged falls back and is fetched again. */
  private void scrub(long nowNanos) throws IOException {
    if (scrub.isDue(nowNanos)) {
      scrub.begin(slots.holdings().committedArtifacts(), nowNanos);
    }
    Optional<Digest> damaged = scrub.step();
    if (damaged.isEmpty()) {
      return;
    }
    for (Slot slot : resumption.rotten(damaged.get())) {
      if (slot.record().state() == SlotState.FETCHING) {
        fetching.begin(slot, nowNanos);
      }
    }
    changed.run();
  }

  private void goOn(Slot slot, long nowNanos) throws IOException {
    if (waits.isOver(slot, nowNanos)) {
      slots.enter(slot, slot.record().unblocked());
      fetching.begin(slot, nowNanos);
    }
  }

  private void advance(Slot slot, ReleaseFetch fetch, long nowNanos)
      throws IOException, UnavailableException {
    if (fetch.isAtDisk()) {
      slot.progressed(nowNanos);
    }
    Optional<Reported.Failure> reason = waits.reason(slot, fetch, nowNanos);
    if (reason.isPresent()) {
      waits.begin(slot, reason.get(), nowNanos);
      return;
    }
    fetch.due(nowNanos).ifPresent(slot::ask);
    if (fetch.isDone()) {
      prove(slot, fetch.manifest().orElseThrow());
    }
  }

  private void prove(Slot slot, Manifest manifest) throws IOException, UnavailableException {
    if (slot.record().isLooping()) {
      String message =
          "the update began anew %d times without an end"
              .formatted(slot.record().effort().rounds());
      slots.refuse(slot, Event.STRUCK_OUT, new Reported.Failure(FailureCode.UPDATE_LOOP, message));
    } else {
      proving.begin(slot, manifest);
    }
  }

  /** What was in flight does not come. */
  void askAnew() {
    slots.all().forEach(slot -> slot.fetch().ifPresent(ReleaseFetch::reconnected));
  }

  /** The connection was lost and stands again. */
  void reconnected(long nowNanos) {
    for (Slot slot : slots.all()) {
      slot.progressed(nowNanos);
      waits.reconnected(slot, nowNanos);
    }
  }

  /** Whether something is under way that needs a tick soon. */
  boolean isBusy() {
    return slots.all().stream().anyMatch(s -> s.fetch().isPresent() || s.trying().isPresent());
  }

  /** Whether an update is under way, or watched. */
  boolean isAtWork() {
    return slots.all().stream().anyMatch(Slot::isAtWork);
  }

  /** The agent ends as it was told to. */
  void end() throws IOException {
    slots.end();
  }
}
