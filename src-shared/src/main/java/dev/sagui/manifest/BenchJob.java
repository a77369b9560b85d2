/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model that one device shall measure against another one, signed for that device. Neither is
 * installed.
 *
 * @param id names the answer
 * @param sequence grows with every job of this device, so that none is taken twice
 * @param candidate what is measured
 * @param reference what it is measured against
 * @param seconds that the runs may take
 * @param rate requests a second that then arrive at the candidate; 0 for none
 */
public record BenchJob(
    DeviceId device,
    String id,
    long sequence,
    Part candidate,
    Part reference,
    double seconds,
    double rate) {
  /** Largest signed job that anyone reads. */
  public static final int MAX_BYTES = 4 * 1024;

  static final String PAYLOAD_TYPE = "application/vnd.sagui.bench-job+json";

  /**
   * One of the two models.
   *
   * @param manifest digest of the signed manifest, which is pulled like any artifact
   * @param manifestBytes its size
   */
  public record Part(Digest manifest, long manifestBytes) {
    private Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("manifest", manifest.hex());
      map.put("manifest_bytes", manifestBytes);
      return map;
    }

    private static Part parse(Fields f) {
      return new Part(f.typed("manifest", Digest::new), f.integer("manifest_bytes"));
    }
  }

  byte[] payload() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", device.value());
    map.put("id", id);
    map.put("sequence", sequence);
    map.put("candidate", candidate.json());
    map.put("reference", reference.json());
    map.put("seconds", seconds);
    map.put("rate", rate);
    return Json.write(map);
  }

  static BenchJob parse(byte[] payload) {
    Fields f = Fields.parse(payload);
    return new BenchJob(
        f.typed("device", DeviceId::new),
        f.string("id"),
        f.integer("sequence"),
        Part.parse(f.object("candidate")),
        Part.parse(f.object("reference")),
        f.number("seconds"),
        f.findNumber("rate").orElse(0));
  }
}
