/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The controller has stored a report; sent on {@link Channel#CMD}.
 *
 * @param of {@link Channel#REPORTED}, {@link Channel#METRICS} or {@link Channel#BENCH}
 * @param instance the instance of the report, so that an older start's ack is ignored
 */
public record Ack(Channel of, String instance, long sequence) {
  public byte[] encode() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("ack", of.name());
    map.put("instance", instance);
    map.put("sequence", sequence);
    return Json.write(map);
  }

  /**
   * The acknowledgement in a message on {@link Channel#CMD}; empty if it holds something else.
   *
   * @throws dev.sagui.failure.RejectedException NOT_JSON, MALFORMED_PAYLOAD or PAYLOAD_TOO_LARGE
   */
  public static Optional<Ack> find(byte[] json) {
    Limits.check(Channel.CMD, json.length);
    Fields f = Fields.parse(json);
    return f.has("ack") ? Optional.of(of(f)) : Optional.empty();
  }

  /**
   * @throws dev.sagui.failure.RejectedException NOT_JSON, MALFORMED_PAYLOAD or PAYLOAD_TOO_LARGE
   */
  public static Ack parse(byte[] json) {
    Limits.check(Channel.CMD, json.length);
    return of(Fields.parse(json));
  }

  private static Ack of(Fields f) {
    return new Ack(f.typed("ack", Channel::valueOf), f.string("instance"), f.integer("sequence"));
  }
}
