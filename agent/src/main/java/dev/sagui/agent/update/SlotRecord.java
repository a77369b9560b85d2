/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.json.Fields;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One model of this device, as the journal keeps it.
 *
 * @param serving what answers requests
 * @param previous what served before that
 * @param target the release that is worked on, or was refused
 * @param newestSequence highest release sequence accepted; never goes down
 * @param tries how often the target was tried, counted before each try
 * @param failure why the target was refused
 */
public record SlotRecord(
    ArtifactName model,
    SlotState state,
    Optional<Reported.Running> serving,
    Optional<Digest> previous,
    Optional<Target> target,
    long newestSequence,
    int tries,
    Optional<Reported.Failure> failure) {
  /** A try that takes the process down three times is the model's fault. */
  public static final int MAX_TRIES = 3;

  /** A signed manifest by digest and size. */
  public record Target(Digest manifest, long manifestBytes) {}

  public static SlotRecord fresh(ArtifactName model) {
    return new SlotRecord(
        model,
        SlotState.IDLE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        Optional.empty());
  }

  /** After the desired state named {@code wanted}; the same record if nothing changes. */
  public SlotRecord desired(Target wanted) {
    if (target.equals(Optional.of(wanted)) && (state != SlotState.IDLE || isServing(wanted))) {
      return this;
    }
    UpdateRules.Event event =
        isServing(wanted) ? UpdateRules.Event.SETTLED : UpdateRules.Event.DESIRED;
    return new SlotRecord(
        model,
        UpdateRules.next(state, event),
        serving,
        previous,
        Optional.of(wanted),
        newestSequence,
        0,
        Optional.empty());
  }

  private boolean isServing(Target wanted) {
    return serving.map(Reported.Running::manifest).equals(Optional.of(wanted.manifest()));
  }

  public SlotRecord after(UpdateRules.Event event) {
    return with(UpdateRules.next(state, event), tries, failure);
  }

  /** Before a try: counted, so that a crash in it is seen at the next start. */
  public SlotRecord trying() {
    return with(UpdateRules.next(state, UpdateRules.Event.STAGED), tries + 1, failure);
  }

  public SlotRecord refused(Reported.Failure reason) {
    return with(UpdateRules.next(state, UpdateRules.Event.REFUSED), tries, Optional.of(reason));
  }

  public SlotRecord accepted(long sequence) {
    return new SlotRecord(
        model,
        state,
        serving,
        previous,
        target,
        Math.max(newestSequence, sequence),
        tries,
        failure);
  }

  public SlotRecord passed(Reported.Running now) {
    return new SlotRecord(
        model,
        UpdateRules.next(state, UpdateRules.Event.PASSED),
        Optional.of(now),
        serving.map(Reported.Running::manifest),
        target,
        newestSequence,
        0,
        Optional.empty());
  }

  /**
   * After what served does not load any more.
   *
   * @param now what serves in its place, if anything does
   * @param event DESIRED when its files were damaged and are fetched again, else REFUSED
   */
  public SlotRecord fellBack(
      Optional<Reported.Running> now, UpdateRules.Event event, Reported.Failure reason) {
    boolean idle = state == SlotState.IDLE; // else the device is on its way to another release
    return new SlotRecord(
        model,
        idle ? UpdateRules.next(state, event) : state,
        now,
        Optional.empty(),
        target,
        newestSequence,
        tries,
        idle ? Optional.of(reason) : failure);
  }

  private SlotRecord with(SlotState next, int nextTries, Optional<Reported.Failure> reason) {
    return new SlotRecord(
        model, next, serving, previous, target, newestSequence, nextTries, reason);
  }

  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model", model.value());
    map.put("state", state.name());
    serving.ifPresent(running -> map.put("serving", running.json()));
    previous.ifPresent(digest -> map.put("previous", digest.hex()));
    target.ifPresent(
        t -> {
          map.put("target", t.manifest.hex());
          map.put("target_bytes", t.manifestBytes);
        });
    map.put("newest_sequence", newestSequence);
    map.put("tries", tries);
    failure.ifPresent(reason -> map.put("failure", reason.json()));
    return map;
  }

  static SlotRecord parse(Fields f) {
    return new SlotRecord(
        f.typed("model", ArtifactName::new),
        f.typed("state", SlotState::valueOf),
        f.has("serving")
            ? Optional.of(Reported.Running.parse(f.object("serving")))
            : Optional.empty(),
        f.has("previous") ? Optional.of(f.typed("previous", Digest::new)) : Optional.empty(),
        f.has("target")
            ? Optional.of(new Target(f.typed("target", Digest::new), f.integer("target_bytes")))
            : Optional.empty(),
        f.integer("newest_sequence"),
        (int) f.integer("tries"),
        f.has("failure")
            ? Optional.of(Reported.Failure.parse(f.object("failure")))
            : Optional.empty());
  }
}
