/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.status;

import dev.sagui.agent.store.Inventory;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.agent.update.Use;
import dev.sagui.artifact.Digest;
import dev.sagui.json.Json;
import dev.sagui.wire.Reported;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A standing for machines. */
final class StatusJson {
  private StatusJson() {}

  static byte[] of(Standing standing, Instant now) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", standing.device().value());
    map.put("home", standing.home().toString());
    map.put("running", standing.process().isPresent());
    standing
        .process()
        .ifPresent(
            agent -> {
              map.put("pid", agent.pid());
              map.put("serve_url", agent.serveUrl());
            });
    map.put("desired_sequence", standing.record().desiredSequence());
    standing
        .keystore()
        .flatMap(file -> file.warning(now))
        .ifPresent(why -> map.put("warnings", List.of(why.json())));
    map.put("models", standing.record().slots().stream().map(s -> slot(standing, s)).toList());
    map.put("store", store(standing));
    map.put(
        "written_today_bytes",
        standing.written().getOrDefault(LocalDate.ofInstant(now, ZoneOffset.UTC), 0L));
    Map<String, Object> days = new LinkedHashMap<>();
    standing.written().forEach((day, bytes) -> days.put(day.toString(), bytes));
    map.put("written_bytes_by_day", days);
    return Json.pretty(map);
  }

  private static Map<String, Object> slot(Standing standing, SlotRecord slot) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model", slot.model().value());
    map.put("state", slot.state().name());
    map.put("words", slot.state().inWords());
    Optional.ofNullable(standing.record().since().get(slot.model()))
        .ifPresent(since -> map.put("since", since.toString()));
    slot.serving()
        .map(Reported.Running::manifest)
        .ifPresent(serving -> map.put("serving", release(standing, serving)));
    slot.previous().ifPresent(before -> map.put("previous", release(standing, before)));
    slot.target()
        .map(SlotRecord.Target::manifest)
        .ifPresent(target -> map.put("target", release(standing, target)));
    slot.failure().ifPresent(why -> map.put("failure", why.json()));
    return map;
  }

  private static Map<String, Object> release(Standing standing, Digest digest) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("manifest", digest.hex());
    Optional.ofNullable(standing.releases().get(digest))
        .ifPresent(
            manifest -> {
              map.put("variant", manifest.variant().value());
              map.put("sequence", manifest.sequence());
              map.put("flash_bytes", manifest.flashBytes());
            });
    return map;
  }

  private static Map<String, Object> store(Standing standing) {
    Inventory store = standing.store();
    Map<String, Object> map = new LinkedHashMap<>();
    List<Map<String, Object>> uses = new ArrayList<>();
    for (Use use : Use.values()) {
      map.put(StatusText.name(use) + "_bytes", store.bytes(use));
      uses.add(
          Map.of(
              "use", StatusText.name(use), "kept", use.isKept(), "reason", StatusText.fate(use)));
    }
    if (standing.quotaBytes() > 0) {
      map.put("quota_bytes", standing.quotaBytes());
    }
    map.put("free_bytes", store.freeBytes());
    map.put("collection", uses);
    return map;
  }
}
