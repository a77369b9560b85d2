/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

import dev.sagui.agent.update.UpdateRules.Event;
import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.util.Optional;

/**
 * One model of this device, as the journal keeps it.
 *
 * @param serving what was committed: it serves, unless a release on probation does
 * @param previous what was committed before that; under repair what the disk damaged
 * @param target the release that is worked on, or was refused
 * @param newestSequence highest release sequence accepted; never goes down
 * @param failure why the target was refused, or what is waited for
 */
public record SlotRecord(
    ArtifactName model,
    SlotState state,
    Optional<Reported.Running> serving,
    Optional<Digest> previous,
    Optional<Target> target,
    long newestSequence,
    Effort effort,
    Optional<Reported.Failure> failure) {

  /** A signed manifest by digest and size, and how it and what it names may be fetched. */
  public record Target(Digest manifest, long manifestBytes, FetchTerms terms) {
    public Target(Digest manifest, long manifestBytes) {
      this(manifest, manifestBytes, FetchTerms.NONE);
    }
  }

  public static SlotRecord fresh(ArtifactName model) {
    return new SlotRecord(
        model,
        SlotState.IDLE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Effort.NONE,
        Optional.empty());
  }

  /** After the desired state named {@code wanted}; the same record if nothing changes. */
  public SlotRecord desired(Target wanted) {
    boolean same = target.filter(old -> old.manifest().equals(wanted.manifest())).isPresent();
    if (same && (state != SlotState.IDLE || isServing(wanted))) {
      return onTerms(wanted);
    }
    Event event = isServing(wanted) ? Event.SETTLED : Event.DESIRED;
    return new SlotRecord(
        model,
        UpdateRules.next(state, event),
        serving,
        previous,
        Optional.of(wanted),
        newestSequence,
        Effort.NONE,
        Optional.empty());
  }

  /** The same release on these terms: who waits goes on. */
  private SlotRecord onTerms(Target wanted) {
    if (target.equals(Optional.of(wanted))) {
      return this;
    }
    boolean goesOn = state == SlotState.WAITING;
    return new SlotRecord(
        model,
        goesOn ? UpdateRules.next(state, Event.DESIRED) : state,
        serving,
        previous,
        Optional.of(wanted),
        newestSequence,
        effort,
        goesOn ? Optional.empty() : failure);
  }

  private boolean isServing(Target wanted) {
    return serving.map(Reported.Running::manifest).equals(Optional.of(wanted.manifest()));
  }

  /** After an event that changes nothing but the state. */
  public SlotRecord after(Event event) {
    return with(event, effort, failure);
  }

  /** All chunks are here. */
  public SlotRecord fetched() {
    return with(Event.FETCHED, effort.oneMoreRound(), Optional.empty());
  }

  /** Before a try: counted, so that a crash in it is seen at the next start. */
  public SlotRecord trying() {
    Event event = state == SlotState.TRYING ? Event.RETRIED : Event.STAGED;
    return with(event, effort.oneMoreTry(), Optional.empty());
  }

  /** Whether the process ended, or was ended, while the target was tried or watched. */
  public boolean isBeingProven() {
    return state == SlotState.TRYING || state == SlotState.PROBATION;
  }

  /** Whether another crash is one too many. */
  public boolean isStruckOut() {
    return effort.tries() >= Effort.MAX_TRIES;
  }

  /** Whether the update began anew without an end. */
  public boolean isLooping() {
    return effort.rounds() >= Effort.MAX_ROUNDS;
  }

  /** The agent ends as it was told to: the try that this cuts does not count. */
  public SlotRecord ending() {
    return new SlotRecord(
        model,
        state,
        serving,
        previous,
        target,
        newestSequence,
        isBeingProven() ? effort.oneTryLess() : effort,
        failure);
  }

  /** After an event that ends the update. */
  public SlotRecord refused(Event event, Reported.Failure reason) {
    return with(event, effort, Optional.of(reason));
  }

  /** Work cannot go on now; a try that could not be made does not count. */
  public SlotRecord blocked(Reported.Failure reason) {
    Effort spent = isBeingProven() ? effort.oneTryLess() : effort;
    return with(Event.BLOCKED, spent.explained(), Optional.of(reason));
  }

  public SlotRecord unblocked() {
    return with(Event.UNBLOCKED, effort, Optional.empty());
  }

  /** After so many bytes for the target, or before they come. */
  public SlotRecord received(long bytes) {
    return new SlotRecord(
        model, state, serving, previous, target, newestSequence, effort.received(bytes), failure);
  }

  public SlotRecord accepted(long sequence) {
    return new SlotRecord(
        model,
        state,
        serving,
        previous,
        target,
        Math.max(newestSequence, sequence),
        effort,
        failure);
  }

  /** The release on probation becomes what is committed. */
  public SlotRecord committed(Reported.Running now) {
    return new SlotRecord(
        model,
        UpdateRules.next(state, Event.COMMITTED),
        Optional.of(now),
        serving.map(Reported.Running::manifest),
        target,
        newestSequence,
        Effort.NONE,
        Optional.empty());
  }

  /**
   * After what served does not load any more, though its files are whole.
   *
   * @param now what serves in its place, if anything does
   * @param event REFUSED, or STRUCK_OUT when it took the agent down at its starts
   */
  public SlotRecord fellBack(Optional<Reported.Running> now, Event event, Reported.Failure reason) {
    boolean idle = state == SlotState.IDLE; // else the device is on its way to another release
    return new SlotRecord(
        model,
        idle ? UpdateRules.next(state, event) : state,
        now,
        Optional.empty(),
        target,
        newestSequence,
        effort,
        idle ? Optional.of(reason) : failure);
  }

  /**
   * After the disk damaged what served: it is fetched again, unless the device is on its way to
   * another release.
   *
   * @param now what serves in its place, if anything does
   * @param damaged the release to fetch again
   */
  public SlotRecord damaged(
      Optional<Reported.Running> now, Target damaged, Reported.Failure reason) {
    boolean resting = state == SlotState.IDLE || state.isRefusal();
    return new SlotRecord(
        model,
        resting ? UpdateRules.next(state, Event.DESIRED) : state,
        now,
        resting ? Optional.of(damaged.manifest()) : Optional.empty(),
        resting ? Optional.of(damaged) : target,
        newestSequence,
        resting ? Effort.REPAIR : effort,
        resting ? Optional.of(reason) : failure);
  }

  private SlotRecord with(Event event, Effort next, Optional<Reported.Failure> reason) {
    return new SlotRecord(
        model,
        UpdateRules.next(state, event),
        serving,
        previous,
        target,
        newestSequence,
        next,
        reason);
  }
}
