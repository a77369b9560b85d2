/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.Conditions;
import dev.sagui.device.DeviceId;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.manifest.TrustedKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The retained birth of a device, and its last will.
 *
 * @param instance random per start of the agent: two that alternate are two agents with one id
 * @param facts what the device is; empty in a last will
 * @param key that its attestations are signed with; empty in a last will
 */
public record DeviceState(
    DeviceId device,
    String instance,
    boolean online,
    Optional<Facts> facts,
    Optional<TrustedKey> key) {

  /**
   * What a device says of itself.
   *
   * @param profile the profile that it is set up as
   * @param profileReason why it is that one
   * @param isaFlags CPU flags as {@code /proc/cpuinfo} spells them
   * @param conditions how its cores are clocked, as far as it tells
   * @param benches whether it measures models when it is idle
   * @param serveUrl where it serves models, e.g. {@code http://127.0.0.1:8100}
   */
  public record Facts(
      ArtifactName profile,
      String profileReason,
      String architecture,
      List<String> isaFlags,
      int cores,
      long ramBytes,
      long ramAvailableBytes,
      long flashFreeBytes,
      String runtimeVersion,
      String agentVersion,
      Conditions conditions,
      boolean benches,
      String serveUrl,
      Map<String, String> labels) {
    public Facts {
      isaFlags = List.copyOf(isaFlags);
      labels = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    /** Stable JSON, also what the REST API shows. */
    public Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("profile", profile.value());
      map.put("profile_reason", profileReason);
      map.put("architecture", architecture);
      map.put("isa_flags", isaFlags);
      map.put("cores", cores);
      map.put("ram_bytes", ramBytes);
      map.put("ram_available_bytes", ramAvailableBytes);
      map.put("flash_free_bytes", flashFreeBytes);
      map.put("runtime_version", runtimeVersion);
      map.put("agent_version", agentVersion);
      if (!conditions.equals(Conditions.UNKNOWN)) {
        map.put("conditions", conditions.json());
      }
      map.put("benches", benches);
      map.put("serve_url", serveUrl);
      map.put("labels", labels);
      return map;
    }

    public static Facts parse(Fields f) {
      return new Facts(
          f.typed("profile", ArtifactName::new),
          f.findString("profile_reason").orElse(""),
          f.string("architecture"),
          f.strings("isa_flags"),
          (int) f.integer("cores"),
          f.integer("ram_bytes"),
          f.integer("ram_available_bytes"),
          f.integer("flash_free_bytes"),
          f.string("runtime_version"),
          f.string("agent_version"),
          Conditions.of(f),
          f.has("benches") && f.flag("benches"),
          f.string("serve_url"),
          f.pairs("labels"));
    }
  }

  public byte[] encode() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", device.value());
    map.put("instance", instance);
    map.put("online", online);
    facts.ifPresent(known -> map.put("facts", known.json()));
    key.ifPresent(own -> map.put("key", own.base64()));
    return Json.write(map);
  }

  /**
   * @throws dev.sagui.failure.RejectedException NOT_JSON, MALFORMED_PAYLOAD or PAYLOAD_TOO_LARGE
   */
  public static DeviceState parse(byte[] json) {
    Limits.check(Channel.STATE, json.length);
    Fields f = Fields.parse(json);
    return new DeviceState(
        f.typed("device", DeviceId::new),
        f.string("instance"),
        f.flag("online"),
        f.has("facts") ? Optional.of(Facts.parse(f.object("facts"))) : Optional.empty(),
        f.has("key") ? Optional.of(f.typed("key", TrustedKey::parseBase64)) : Optional.empty());
  }
}
