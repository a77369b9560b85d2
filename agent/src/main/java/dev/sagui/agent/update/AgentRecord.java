/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.update;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that the agent must not forget.
 *
 * @param desiredSequence the newest desired state accepted; never goes down
 */
public record AgentRecord(long desiredSequence, List<SlotRecord> slots) {
  private static final long VERSION = 1;

  public AgentRecord {
    slots = List.copyOf(slots);
  }

  public static AgentRecord empty() {
    return new AgentRecord(0, List.of());
  }

  public Optional<SlotRecord> find(ArtifactName model) {
    return slots.stream().filter(slot -> slot.model().equals(model)).findFirst();
  }

  public byte[] encode() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("version", VERSION);
    map.put("desired_sequence", desiredSequence);
    map.put("slots", slots.stream().map(SlotForm::json).toList());
    return Json.write(map);
  }

  /**
   * Reads what {@link #encode()} wrote.
   *
   * @throws dev.sagui.failure.RejectedException when it is something else
   */
  public static AgentRecord parse(byte[] json) {
    Fields f = Fields.parse(json);
    if (f.integer("version") != VERSION) {
      throw new dev.sagui.failure.RejectedException(
          dev.sagui.failure.FailureCode.MALFORMED_PAYLOAD,
          "journal of version %d, this agent reads %d".formatted(f.integer("version"), VERSION));
    }
    return new AgentRecord(f.integer("desired_sequence"), f.objects("slots", SlotForm::parse));
  }
}
