/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that the agent must not forget.
 *
 * @param desiredSequence the newest desired state accepted; never goes down
 * @param since when each model came into its state, by the wall clock; for people
 */
public record AgentRecord(
    long desiredSequence, List<SlotRecord> slots, Map<ArtifactName, Instant> since) {
  private static final long VERSION = 1;

  public AgentRecord {
    slots = List.copyOf(slots);
    since = Map.copyOf(since);
  }

  public static AgentRecord empty() {
    return new AgentRecord(0, List.of(), Map.of());
  }

  /**
   * What comes after this record: a slot in a new state, or a new slot, is so since {@code now}.
   */
  public AgentRecord next(long sequence, List<SlotRecord> now, Instant at) {
    Map<ArtifactName, Instant> times = new LinkedHashMap<>();
    for (SlotRecord slot : now) {
      Optional<Instant> before =
          find(slot.model())
              .filter(old -> old.state() == slot.state())
              .map(old -> since.getOrDefault(slot.model(), at));
      times.put(slot.model(), before.orElse(at));
    }
    return new AgentRecord(sequence, now, times);
  }

  public Optional<SlotRecord> find(ArtifactName model) {
    return slots.stream().filter(slot -> slot.model().equals(model)).findFirst();
  }

  /** The releases that slots name, by their best use. */
  public Map<Digest, Use> uses() {
    Map<Digest, Use> uses = new LinkedHashMap<>();
    for (SlotRecord slot : slots) {
      Use target = slot.state().isRefusal() ? Use.REFUSED : Use.STAGED;
      slot.serving().ifPresent(now -> uses.merge(now.manifest(), Use.CURRENT, Use::better));
      slot.previous().ifPresent(before -> uses.merge(before, Use.PREVIOUS, Use::better));
      slot.target().ifPresent(wanted -> uses.merge(wanted.manifest(), target, Use::better));
    }
    return uses;
  }

  /** Those that may help with what slots strive for. */
  public List<Difference> differences() {
    return slots.stream()
        .flatMap(slot -> slot.target().stream())
        .flatMap(target -> target.terms().differences().stream())
        .toList();
  }

  public byte[] encode() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("version", VERSION);
    map.put("desired_sequence", desiredSequence);
    map.put("slots", slots.stream().map(this::json).toList());
    return Json.write(map);
  }

  private Map<String, Object> json(SlotRecord slot) {
    Map<String, Object> map = SlotForm.json(slot);
    Optional.ofNullable(since.get(slot.model()))
        .ifPresent(time -> map.put("since_millis", time.toEpochMilli()));
    return map;
  }

  /**
   * Reads what {@link #encode()} wrote.
   *
   * @throws RejectedException when it is something else
   */
  public static AgentRecord parse(byte[] json) {
    Fields f = Fields.parse(json);
    if (f.integer("version") != VERSION) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "journal of version %d, this agent reads %d".formatted(f.integer("version"), VERSION));
    }
    Map<ArtifactName, Instant> since = new LinkedHashMap<>();
    List<SlotRecord> slots =
        f.objects(
            "slots",
            each -> {
              SlotRecord slot = SlotForm.parse(each);
              if (each.has("since_millis")) {
                since.put(slot.model(), Instant.ofEpochMilli(each.integer("since_millis")));
              }
              return slot;
            });
    return new AgentRecord(f.integer("desired_sequence"), slots, since);
  }
}
