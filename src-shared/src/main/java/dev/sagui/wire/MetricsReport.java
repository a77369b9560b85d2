/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import dev.sagui.sketch.LatencySketch;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a device measured since its last acknowledged report: sent again unchanged until it is
 * acknowledged, and counted once by its sequence.
 *
 * @param residentBytes resident memory of the agent
 */
public record MetricsReport(
    DeviceId device, String instance, long sequence, long residentBytes, List<Series> series) {
  public MetricsReport {
    series = List.copyOf(series);
  }

  /**
   * One model version.
   *
   * @param latency from the arrival of a request to its answer
   * @param cpuSeconds CPU time that the inferences of the sketch took
   * @param failures requests that were answered with an error
   */
  public record Series(
      ArtifactName model,
      ArtifactName variant,
      Digest manifest,
      LatencySketch latency,
      double cpuSeconds,
      long failures) {
    Map<String, Object> json() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("model", model.value());
      map.put("variant", variant.value());
      map.put("manifest", manifest.hex());
      map.put("latency", Base64.getEncoder().encodeToString(latency.encode()));
      map.put("cpu_seconds", cpuSeconds);
      map.put("failures", failures);
      return map;
    }

    static Series parse(Fields f) {
      return new Series(
          f.typed("model", ArtifactName::new),
          f.typed("variant", ArtifactName::new),
          f.typed("manifest", Digest::new),
          LatencySketch.decode(f.typed("latency", Base64.getDecoder()::decode)),
          finite(f.number("cpu_seconds")),
          f.integer("failures"));
    }

    private static double finite(double seconds) {
      if (seconds >= 0 && Double.isFinite(seconds)) {
        return seconds;
      }
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD, "cpu_seconds must be 0 or more, found " + seconds);
    }
  }

  public byte[] encode() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", device.value());
    map.put("instance", instance);
    map.put("sequence", sequence);
    map.put("resident_bytes", residentBytes);
    map.put("series", series.stream().map(Series::json).toList());
    return Json.write(map);
  }

  /**
   * @throws RejectedException NOT_JSON, MALFORMED_PAYLOAD or PAYLOAD_TOO_LARGE
   */
  public static MetricsReport parse(byte[] json) {
    Limits.check(Channel.METRICS, json.length);
    Fields f = Fields.parse(json);
    return new MetricsReport(
        f.typed("device", DeviceId::new),
        f.string("instance"),
        f.integer("sequence"),
        f.integer("resident_bytes"),
        f.objects("series", Series::parse));
  }
}
