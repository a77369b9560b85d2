/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.telemetry;

import dev.sagui.sketch.LatencySketch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Latency of a variant, on one device or on all devices of a profile.
 *
 * @param cpuSeconds CPU time of all inferences in the sketch
 */
public record Latency(
    Optional<String> device,
    String model,
    String variant,
    String profile,
    LatencySketch sketch,
    double cpuSeconds,
    long failures,
    OptionalLong residentBytes) {

  /** As the REST API shows it. */
  public Map<String, Object> json() {
    Map<String, Object> map = new LinkedHashMap<>();
    device.ifPresent(id -> map.put("device", id));
    map.put("model", model);
    map.put("variant", variant);
    map.put("profile", profile);
    map.put("count", sketch.count());
    map.put("p50_ms", sketch.quantileMillis(0.50));
    map.put("p95_ms", sketch.quantileMillis(0.95));
    map.put("p99_ms", sketch.quantileMillis(0.99));
    map.put("mean_ms", perInference(sketch.sumNanos() / 1e6));
    map.put("cpu_ms_per_inference", perInference(cpuSeconds * 1e3));
    map.put("failures", failures);
    residentBytes.ifPresent(bytes -> map.put("resident_bytes", bytes));
    return map;
  }

  private double perInference(double total) {
    return sketch.isEmpty() ? 0 : total / sketch.count();
  }

  /** All that was counted in both: on the one device, or on none in particular. */
  public Latency plus(Latency other) {
    LatencySketch sum = new LatencySketch();
    sum.merge(sketch);
    sum.merge(other.sketch);
    boolean same = device.equals(other.device);
    return new Latency(
        same ? device : Optional.empty(),
        model,
        variant,
        profile,
        sum,
        cpuSeconds + other.cpuSeconds,
        failures + other.failures,
        same ? residentBytes : OptionalLong.empty());
  }
}
