/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.device.DeviceId;
import dev.sagui.sketch.LatencySketch;
import dev.sagui.wire.MetricsReport;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * One row of a latency table, by its key.
 *
 * @param key columns of the table's primary key
 */
record LatencyRow(String table, Map<String, Object> key, String profile) {
  static final String DEVICE = "device_latency";
  static final String DEVICE_MINUTE = "device_minute_latency";
  static final String MINUTE = "minute_latency";

  /** The rows that a device's report adds to: since it is known, and of this minute. */
  static List<LatencyRow> of(
      DeviceId device, MetricsReport.Series series, String profile, Instant now) {
    Map<String, Object> variant = new LinkedHashMap<>();
    variant.put("model", series.model().value());
    variant.put("variant", series.variant().value());
    Map<String, Object> own = with(variant, "device", device.value());
    long minute = minute(now);
    return List.of(
        new LatencyRow(DEVICE, own, profile),
        new LatencyRow(DEVICE_MINUTE, with(own, "minute", minute), profile),
        new LatencyRow(MINUTE, with(with(variant, "profile", profile), "minute", minute), profile));
  }

  static long minute(Instant at) {
    return at.getEpochSecond() / 60;
  }

  private static Map<String, Object> with(Map<String, Object> key, String column, Object value) {
    Map<String, Object> longer = new LinkedHashMap<>(key);
    longer.put(column, value);
    return longer;
  }

  void add(Handle h, MetricsReport.Series series) {
    LatencySketch sketch = find(h).orElseGet(LatencySketch::new);
    sketch.merge(series.latency());
    put(h, sketch, series);
  }

  private Optional<LatencySketch> find(Handle h) {
    String where =
        key.keySet().stream()
            .map(column -> column + " = :" + column)
            .collect(Collectors.joining(" AND "));
    return h.createQuery("SELECT sketch FROM " + table + " WHERE " + where)
        .bindMap(key)
        .mapTo(byte[].class)
        .findOne()
        .map(LatencySketch::decode);
  }

  private void put(Handle h, LatencySketch sketch, MetricsReport.Series added) {
    TreeSet<String> columns = new TreeSet<>(key.keySet());
    columns.add("profile");
    h.createUpdate(
            """
            INSERT INTO %s (%s, sketch, cpu_seconds, failures)
            VALUES (:%s, :sketch, :cpu, :failures)
            ON CONFLICT (%s) DO UPDATE SET sketch = :sketch, profile = :profile,
              cpu_seconds = cpu_seconds + :cpu, failures = failures + :failures"""
                .formatted(
                    table,
                    String.join(", ", columns),
                    String.join(", :", columns),
                    String.join(", ", key.keySet())))
        .bindMap(key)
        .bind("profile", profile)
        .bind("sketch", sketch.encode())
        .bind("cpu", added.cpuSeconds())
        .bind("failures", added.failures())
        .execute();
  }
}
