/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.fleet;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that an operator may want to read; device, model and code are empty where none is
 * concerned.
 *
 * @param id ascending; 0 before it is stored, and of progress, which is told and not stored
 */
public record Event(
    long id, Instant at, String device, String model, Kind kind, String code, String message) {
  /** What happened. */
  public enum Kind {
    DEVICE_ONLINE,
    DEVICE_OFFLINE,
    DUPLICATE_DEVICE_ID,
    DEVICE_EVENT,
    DEVICE_KEY_CHANGED,
    ATTESTED,
    NOT_ATTESTED,
    STATE,
    SERVING,
    REJECTED,
    REFUSED,
    IMPORTED,
    FIT,
    COMPRESSION,
    DATA,
    TRAINING,
    BENCH,
    RELEASED,
    DESIRED,
    BAD_MESSAGE
  }

  public Event stored(long newId) {
    return new Event(newId, at, device, model, kind, code, message);
  }

  public FleetView.EventRow row() {
    return new FleetView.EventRow(
        id, at, device, model, kind.name(), code.isEmpty() ? message : code + ": " + message);
  }

  /** As the REST API shows it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("at", at.toString());
    put(map, "device", device);
    put(map, "model", model);
    map.put("kind", kind.name());
    put(map, "code", code);
    map.put("message", message);
    return map;
  }

  private static void put(Map<String, Object> map, String key, String value) {
    if (!value.isEmpty()) {
      map.put(key, value);
    }
  }
}
