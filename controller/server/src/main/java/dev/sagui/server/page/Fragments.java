/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import dev.sagui.server.fleet.FleetView;
import dev.sagui.server.fleet.Hearing;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The page's parts as HTML, rendered at one moment.
 *
 * @param html by the part's name
 */
record Fragments(Map<String, String> html) {
  Fragments {
    html = new LinkedHashMap<>(html);
  }

  static Fragments of(FleetView fleet, Hearing hearing) {
    Overview now = Overview.of(fleet, hearing);
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("notice", Templates.notice(now.trouble()).render());
    parts.put("summary", Templates.summary(now.online(), now.devices(), now.models()).render());
    parts.put("devices", Templates.devices(now.devices()).render());
    parts.put("models", Templates.models(now.models()).render());
    parts.put("releases", Templates.releases(now.releases()).render());
    parts.put("events", Templates.events(now.events()).render());
    return new Fragments(parts);
  }

  /** The parts that {@code before} has not, or has otherwise. */
  Map<String, String> changedSince(Fragments before) {
    Map<String, String> changed = new LinkedHashMap<>(html);
    changed.entrySet().removeAll(before.html.entrySet());
    return changed;
  }
}
