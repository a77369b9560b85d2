/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.server.telemetry.Latency;
import dev.sagui.sketch.LatencySketch;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.EmptyHandling;
import org.jdbi.v3.core.statement.StatementContext;

/** What devices have reported of their latency, since they are known. */
public final class LatencyStore {
  private final Database database;

  public LatencyStore(Database database) {
    this.database = database;
  }

  /** By device, model and variant; an empty filter is none. */
  public List<Latency> byDevice(Optional<String> device, Optional<String> model) {
    return database.read(
        h ->
            h.createQuery(
                    """
                    SELECT l.*, coalesce(d.resident_bytes, 0) AS resident FROM device_latency l
                    LEFT JOIN devices d ON d.id = l.device
                    WHERE (:device = '' OR l.device = :device) AND (:model = '' OR l.model = :model)
                    ORDER BY l.device, l.model, l.variant""")
                .bind("device", device.orElse(""))
                .bind("model", model.orElse(""))
                .map(LatencyStore::latency)
                .list());
  }

  /** Of each of the devices that has reported some, by model and variant. */
  public Map<String, List<Latency>> ofDevices(List<String> ids) {
    return database
        .read(
            h ->
                h.createQuery(
                        """
                        SELECT l.*, coalesce(d.resident_bytes, 0) AS resident FROM device_latency l
                        LEFT JOIN devices d ON d.id = l.device
                        WHERE l.device IN (<ids>) ORDER BY l.model, l.variant""")
                    .bindList(EmptyHandling.NULL_KEYWORD, "ids", ids)
                    .map(LatencyStore::latency)
                    .list())
        .stream()
        .collect(Collectors.groupingBy(one -> one.device().orElseThrow()));
  }

  /** By model, variant and profile, summed over devices. */
  public List<Latency> byVariant(Optional<String> model) {
    Map<List<String>, Latency> sums = new LinkedHashMap<>();
    for (Latency one : byDevice(Optional.empty(), model)) {
      sums.merge(List.of(one.model(), one.variant(), one.profile()), one, Latency::plus);
    }
    return new ArrayList<>(sums.values().stream().map(LatencyStore::ofNoDevice).toList());
  }

  private static Latency ofNoDevice(Latency one) {
    return new Latency(
        Optional.empty(),
        one.model(),
        one.variant(),
        one.profile(),
        one.sketch(),
        one.cpuSeconds(),
        one.failures(),
        OptionalLong.empty());
  }

  private static Latency latency(ResultSet row, StatementContext context) throws SQLException {
    return new Latency(
        Optional.of(Columns.text(row, "device")),
        Columns.text(row, "model"),
        Columns.text(row, "variant"),
        Columns.text(row, "profile"),
        LatencySketch.decode(Objects.requireNonNull(row.getBytes("sketch"))),
        row.getDouble("cpu_seconds"),
        row.getLong("failures"),
        OptionalLong.of(row.getLong("resident")));
  }
}
