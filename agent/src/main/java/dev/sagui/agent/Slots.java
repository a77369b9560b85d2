/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.store.Journal;
import dev.sagui.agent.update.AgentRecord;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.agent.update.UpdateRules.Event;
import dev.sagui.agent.update.Use;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.RejectedException;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The slots of this device and their journal: each state is saved before it is entered. Owned by
 * the agent's thread.
 */
final class Slots {
  private static final System.Logger LOG = System.getLogger("sagui.update");

  private final Journal journal;
  private final Runnable changed;
  private final List<Slot> all = new ArrayList<>();
  private final Clock wallClock;
  private final Holdings holdings;
  private AgentRecord saved = AgentRecord.empty();
  private long desiredSequence;

  /**
   * @param changed called after each change that the controller should hear of
   */
  Slots(Agent.Parts parts, Runnable changed) {
    this.journal = parts.journal();
    this.wallClock = parts.wallClock();
    this.changed = changed;
    this.holdings = new Holdings(parts, this);
  }

  /** Takes up all that the journal holds. */
  void load() throws IOException {
    AgentRecord record = journal.load();
    desiredSequence = record.desiredSequence();
    saved = record;
    record.slots().forEach(kept -> all.add(new Slot(kept)));
  }

  /** The newest desired state accepted; 0 if none. */
  long desiredSequence() {
    return desiredSequence;
  }

  void desire(long sequence) {
    desiredSequence = sequence;
  }

  /** A copy, so that slots may go while it is walked. */
  List<Slot> all() {
    return List.copyOf(all);
  }

  /** The model's slot; a fresh one if it has none. */
  Slot of(ArtifactName model) {
    Optional<Slot> known = all.stream().filter(s -> s.record().model().equals(model)).findFirst();
    return known.orElseGet(
        () -> {
          Slot fresh = new Slot(SlotRecord.fresh(model));
          all.add(fresh);
          return fresh;
        });
  }

  List<ArtifactName> models() {
    return all.stream().map(slot -> slot.record().model()).toList();
  }

  void remove(Slot slot) throws IOException {
    slot.end();
    all.remove(slot);
    LOG.log(Level.INFO, "removed model={0}", slot.record().model());
  }

  /** Saves the state, then is in it, and says so. */
  void enter(Slot slot, SlotRecord next) throws IOException {
    keep(slot, next);
    changed.run();
  }

  /** Tells of a change that is no state. */
  void changed() {
    changed.run();
  }

  /** Saves the state, then is in it. */
  void keep(Slot slot, SlotRecord next) throws IOException {
    SlotRecord before = slot.record();
    slot.record(next);
    try {
      save();
    } catch (IOException e) {
      slot.record(before);
      throw e;
    }
    LOG.log(Level.INFO, "state={0} model={1}", next.state(), next.model());
  }

  /** The update ends without the release. */
  void refuse(Slot slot, Event event, Reported.Failure reason) throws IOException {
    slot.end();
    leave(slot, slot.record().refused(event, reason), reason);
  }

  /** The update waits; the caller says until when. */
  void block(Slot slot, Reported.Failure reason) throws IOException {
    slot.end();
    leave(slot, slot.record().blocked(reason), reason);
  }

  /** Is in the state even when the disk is full: a restart would only find the reason again. */
  private void leave(Slot slot, SlotRecord next, Reported.Failure reason) {
    slot.record(next);
    LOG.log(
        Level.WARNING,
        "state={0} model={1} code={2} reason=\"{3}\"",
        next.state(),
        next.model(),
        reason.code(),
        reason.message());
    try {
      save();
    } catch (IOException full) {
      LOG.log(Level.ERROR, "journal=unsaved reason=\"{0}\"", full.getMessage());
    }
    changed.run();
  }

  static Reported.Failure failure(RejectedException e) {
    return new Reported.Failure(e.code(), String.valueOf(e.getMessage()));
  }

  /** The agent ends as it was told to: no try that this cuts is held against its release. */
  void end() throws IOException {
    boolean proving = all.stream().anyMatch(slot -> slot.record().isBeingProven());
    for (Slot slot : all) {
      slot.record(slot.record().ending());
      slot.end();
    }
    if (proving) {
      save();
    }
  }

  void save() throws IOException {
    AgentRecord next = record();
    journal.save(next);
    saved = next;
  }

  private AgentRecord record() {
    List<SlotRecord> now = all.stream().map(Slot::record).toList();
    return saved.next(desiredSequence, now, wallClock.instant());
  }

  /** What the journal needs the releases for, once it is saved as it is now. */
  Map<Digest, Use> uses() {
    return record().uses();
  }

  /** Those that may help with what is fetched. */
  List<Difference> differences() {
    return record().differences();
  }

  /** What they have on the disk. */
  Holdings holdings() {
    return holdings;
  }

  /** Remembers what is desired, and deletes what it does not need. */
  void saveAndCollect() throws IOException {
    save();
    holdings.collect();
  }
}
