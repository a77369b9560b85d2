/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A model's latencies when requests arrive whether or not the one before is answered (open loop):
 * each counts from when it was to arrive, so that waiting behind a slow one is not left out.
 *
 * @param perSecond arrivals asked for, at random
 * @param requests that were answered
 * @param joules of the whole board for each request, idling included; empty where it does not tell
 */
public record UnderLoad(
    double perSecond,
    int requests,
    double p50Millis,
    double p95Millis,
    double p99Millis,
    OptionalDouble joules) {
  private static final double MOST_JOULES = 1e6;

  public UnderLoad {
    boolean possible =
        perSecond > 0
            && requests > 0
            && p50Millis > 0
            && p50Millis <= p95Millis
            && p95Millis <= p99Millis
            && Double.isFinite(perSecond + p99Millis)
            && (joules.isEmpty()
                || (joules.getAsDouble() >= 0 && joules.getAsDouble() < MOST_JOULES));
    if (!possible) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD, "bench with impossible numbers under load");
    }
  }

  Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("per_second", perSecond);
    map.put("requests", requests);
    map.put("p50_ms", p50Millis);
    map.put("p95_ms", p95Millis);
    map.put("p99_ms", p99Millis);
    joules.ifPresent(each -> map.put("joules_per_request", each));
    return map;
  }

  static UnderLoad parse(Fields f) {
    return new UnderLoad(
        f.number("per_second"),
        (int) f.integer("requests"),
        f.number("p50_ms"),
        f.number("p95_ms"),
        f.number("p99_ms"),
        f.findNumber("joules_per_request"));
  }
}
