/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.fleet;

import dev.sagui.device.Conditions;
import dev.sagui.device.DeviceId;
import dev.sagui.json.Fields;
import dev.sagui.manifest.TrustedKey;
import dev.sagui.wire.Reported;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A device as it last showed itself.
 *
 * @param instance the process that spoke last
 * @param previousInstance the one before it; empty if there was none
 * @param facts its birth message's facts
 * @param reportedDesired sequence of the desired state that it has accepted
 * @param warnings what an operator should see to
 * @param store what it last said of its disk
 * @param key that its statements must be signed with: the first that it showed, or one accepted
 * @param offeredKey another one that it shows now, which nobody has accepted
 * @param benchQuarantine why it is asked to measure no more, though it serves
 */
public record Device(
    DeviceId id,
    String instance,
    String previousInstance,
    boolean online,
    Instant lastSeen,
    String profile,
    Fields facts,
    long reportedDesired,
    Optional<Fields> refusal,
    List<Reported.Failure> warnings,
    long residentBytes,
    Optional<Fields> store,
    Optional<TrustedKey> key,
    Optional<TrustedKey> offeredKey,
    Optional<String> benchQuarantine) {
  public Map<String, String> labels() {
    return facts.pairs("labels");
  }

  /** Whether it measures models when it is idle. */
  public boolean benches() {
    return facts.has("benches") && facts.flag("benches");
  }

  /** How its cores are clocked, as far as it tells. */
  public Conditions conditions() {
    return Conditions.of(facts);
  }

  /** Version of its ONNX Runtime. */
  public String runtime() {
    return facts.findString("runtime_version").orElse("");
  }

  /** As the REST API shows it, without slots and latency. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id.value());
    map.put("online", online);
    map.put("last_seen", lastSeen.toString());
    map.put("instance", instance);
    map.put("profile", profile);
    map.put("facts", facts.values());
    map.put("desired_sequence", reportedDesired);
    map.put("resident_bytes", residentBytes);
    refusal.ifPresent(why -> map.put("refusal", why.values()));
    map.put("warnings", warnings.stream().map(Reported.Failure::json).toList());
    store.ifPresent(disk -> map.put("store", disk.values()));
    key.ifPresent(pinned -> map.put("key", keys(pinned)));
    benchQuarantine.ifPresent(why -> map.put("bench_quarantine", why));
    return map;
  }

  private Map<String, Object> keys(TrustedKey pinned) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", pinned.id());
    offeredKey.ifPresent(other -> map.put("offered_id", other.id()));
    return map;
  }
}
