/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.rollout;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A release on the devices of one profile that shall serve it, and how far they are.
 *
 * @param arrived devices that serve it
 * @param pending devices that do neither yet
 * @param refused devices that refused it, or the desired state that names it
 */
public record Rollout(
    String release,
    String model,
    String variant,
    long sequence,
    String profile,
    Instant created,
    long arrived,
    long pending,
    long refused) {
  /** As the REST API shows it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("release", release);
    map.put("model", model);
    map.put("variant", variant);
    map.put("sequence", sequence);
    map.put("profile", profile);
    map.put("created", created.toString());
    map.put("devices", arrived + pending + refused);
    map.put("arrived", arrived);
    map.put("pending", pending);
    map.put("refused", refused);
    return map;
  }
}
