/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.device.DeviceId;
import dev.sagui.sketch.LatencySketch;
import dev.sagui.wire.MetricsReport;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * One row of a latency table, by its key.
 *
 * @param last the key's last column: {@code device} or {@code minute}
 */
record LatencyRows(
    String table, String last, Object key, String model, String variant, String profile) {
  static LatencyRows device(DeviceId device, MetricsReport.Series series, String profile) {
    return new LatencyRows(
        "device_latency",
        "device",
        device.value(),
        series.model().value(),
        series.variant().value(),
        profile);
  }

  static LatencyRows minute(MetricsReport.Series series, String profile, Instant now) {
    return new LatencyRows(
        "minute_latency",
        "minute",
        now.getEpochSecond() / 60,
        series.model().value(),
        series.variant().value(),
        profile);
  }

  Optional<LatencySketch> find(Handle h) {
    return h.createQuery(
            "SELECT sketch FROM %s WHERE %s = :key AND model = :model AND variant = :variant AND %s"
                .formatted(
                    table, last, last.equals("minute") ? "profile = :profile" : ":profile <> ''"))
        .bind("key", key)
        .bind("model", model)
        .bind("variant", variant)
        .bind("profile", profile)
        .mapTo(byte[].class)
        .findOne()
        .map(LatencySketch::decode);
  }

  void put(Handle h, LatencySketch sketch, MetricsReport.Series added) {
    String unique =
        last.equals("minute") ? "model, variant, profile, minute" : "device, model, variant";
    h.createUpdate(
            """
            INSERT INTO %s (%s, model, variant, profile, sketch, cpu_seconds, failures)
            VALUES (:key, :model, :variant, :profile, :sketch, :cpu, :failures)
            ON CONFLICT (%s) DO UPDATE SET sketch = :sketch, profile = :profile,
              cpu_seconds = cpu_seconds + :cpu, failures = failures + :failures"""
                .formatted(table, last, unique))
        .bind("key", key)
        .bind("model", model)
        .bind("variant", variant)
        .bind("profile", profile)
        .bind("sketch", sketch.encode())
        .bind("cpu", added.cpuSeconds())
        .bind("failures", added.failures())
        .execute();
  }
}
