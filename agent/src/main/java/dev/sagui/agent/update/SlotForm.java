/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.json.Fields;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A slot's record as the journal writes it. */
final class SlotForm {
  private SlotForm() {}

  static Map<String, Object> json(SlotRecord slot) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model", slot.model().value());
    map.put("state", slot.state().name());
    slot.serving().ifPresent(running -> map.put("serving", running.json()));
    slot.previous().ifPresent(digest -> map.put("previous", digest.hex()));
    slot.target()
        .ifPresent(
            t -> {
              map.put("target", t.manifest().hex());
              map.put("target_bytes", t.manifestBytes());
              map.putAll(t.terms().json());
            });
    map.put("newest_sequence", slot.newestSequence());
    map.put("tries", slot.effort().tries());
    map.put("rounds", slot.effort().rounds());
    map.put("repair", slot.effort().repair());
    map.put("received_bytes", slot.effort().receivedBytes());
    slot.failure().ifPresent(reason -> map.put("failure", reason.json()));
    return map;
  }

  static SlotRecord parse(Fields f) {
    return new SlotRecord(
        f.typed("model", ArtifactName::new),
        state(f.string("state"), f.has("target")),
        f.has("serving")
            ? Optional.of(Reported.Running.parse(f.object("serving")))
            : Optional.empty(),
        f.has("previous") ? Optional.of(f.typed("previous", Digest::new)) : Optional.empty(),
        f.has("target")
            ? Optional.of(
                new SlotRecord.Target(
                    f.typed("target", Digest::new), f.integer("target_bytes"), FetchTerms.parse(f)))
            : Optional.empty(),
        f.integer("newest_sequence"),
        new Effort(
            (int) f.integer("tries"),
            f.has("rounds") ? (int) f.integer("rounds") : 0,
            f.has("repair") && f.flag("repair"),
            f.has("received_bytes") ? f.integer("received_bytes") : 0),
        f.has("failure")
            ? Optional.of(Reported.Failure.parse(f.object("failure")))
            : Optional.empty());
  }

  /** A state that a newer agent wrote is begun anew. */
  private static SlotState state(String name, boolean hasTarget) {
    return Arrays.stream(SlotState.values())
        .filter(state -> state.name().equals(name))
        .findFirst()
        .orElse(hasTarget ? SlotState.FETCHING : SlotState.IDLE);
  }
}
