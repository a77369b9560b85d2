/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.fleet;

import dev.sagui.server.trust.Attested;
import dev.sagui.wire.Reported;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One model of a device, with what the device states of it.
 *
 * @param attested empty when it serves nothing
 */
public record AttestedSlot(Reported.Slot slot, Optional<Statement> attested) {
  /**
   * A statement, and what it is worth.
   *
   * @param envelope empty, as the time, when there is none
   */
  public record Statement(Attested judged, Optional<String> envelope, Optional<Instant> at) {
    /** There is none. */
    public static final Statement NONE =
        new Statement(
            Attested.missing("the device has not stated what it serves now"),
            Optional.empty(),
            Optional.empty());

    Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("state", judged.state().name());
      map.put("reason", judged.reason());
      at.ifPresent(time -> map.put("at", time.toString()));
      envelope.ifPresent(text -> map.put("envelope", text));
      return map;
    }
  }

  /** As the REST API shows it. */
  public Map<String, Object> json() {
    Map<String, Object> map = slot.json();
    map.remove("attestation");
    attested.ifPresent(statement -> map.put("attestation", statement.json()));
    return map;
  }
}
