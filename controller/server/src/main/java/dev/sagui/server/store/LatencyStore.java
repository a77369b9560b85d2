/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.server.telemetry.Latency;
import dev.sagui.sketch.LatencySketch;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.EmptyHandling;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * What devices have reported of their latency, since they are known or since a time. A time counts
 * to the minute, and reaches back as far as minutes are kept.
 */
public final class LatencyStore {
  private final Database database;

  public LatencyStore(Database database) {
    this.database = database;
  }

  /** By device, model and variant; an empty filter is none. */
  public List<Latency> byDevice(Optional<String> device, Optional<String> model) {
    return byDevice(LatencyRow.DEVICE, "", device, model);
  }

  public List<Latency> byDevice(Optional<String> device, Optional<String> model, Instant since) {
    return byDevice(LatencyRow.DEVICE_MINUTE, newer(since), device, model);
  }

  private List<Latency> byDevice(
      String table, String newer, Optional<String> device, Optional<String> model) {
    return sums(
        database.read(
            h ->
                h.createQuery(
                        """
                        SELECT l.*, coalesce(d.resident_bytes, 0) AS resident FROM %s l
                        LEFT JOIN devices d ON d.id = l.device
                        WHERE (:device = '' OR l.device = :device)
                          AND (:model = '' OR l.model = :model) %s
                        ORDER BY l.device, l.model, l.variant"""
                            .formatted(table, newer))
                    .bind("device", device.orElse(""))
                    .bind("model", model.orElse(""))
                    .map(LatencyStore::ofDevice)
                    .list()),
        one -> List.of(one.device().orElse(""), one.model(), one.variant()));
  }

  private static String newer(Instant since) {
    return "AND l.minute >= " + LatencyRow.minute(since);
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
                    .map(LatencyStore::ofDevice)
                    .list())
        .stream()
        .collect(Collectors.groupingBy(one -> one.device().orElseThrow()));
  }

  /** By model, variant and profile, summed over devices. */
  public List<Latency> byVariant(Optional<String> model) {
    return byVariant(LatencyRow.DEVICE, "", model);
  }

  public List<Latency> byVariant(Optional<String> model, Instant since) {
    return byVariant(LatencyRow.MINUTE, newer(since), model);
  }

  private List<Latency> byVariant(String table, String newer, Optional<String> model) {
    return sums(
        database.read(
            h ->
                h.createQuery(
                        """
                        SELECT l.* FROM %s l WHERE (:model = '' OR l.model = :model) %s
                        ORDER BY l.model, l.variant, l.profile"""
                            .formatted(table, newer))
                    .bind("model", model.orElse(""))
                    .map(LatencyStore::ofNoDevice)
                    .list()),
        one -> List.of(one.model(), one.variant(), one.profile()));
  }

  private static List<Latency> sums(List<Latency> rows, Function<Latency, List<String>> key) {
    Map<List<String>, Latency> sums = new LinkedHashMap<>();
    rows.forEach(one -> sums.merge(key.apply(one), one, Latency::plus));
    return new ArrayList<>(sums.values());
  }

  /** Forgets the minutes before; what was counted since a device is known stays. */
  public int forgetMinutesBefore(Instant oldest) {
    return database.write(
        h ->
            h.execute(
                    "DELETE FROM device_minute_latency WHERE minute < ?", LatencyRow.minute(oldest))
                + h.execute(
                    "DELETE FROM minute_latency WHERE minute < ?", LatencyRow.minute(oldest)));
  }

  private static Latency ofDevice(ResultSet row, StatementContext context) throws SQLException {
    return latency(
        row, Optional.of(Columns.text(row, "device")), OptionalLong.of(row.getLong("resident")));
  }

  private static Latency ofNoDevice(ResultSet row, StatementContext context) throws SQLException {
    return latency(row, Optional.empty(), OptionalLong.empty());
  }

  private static Latency latency(ResultSet row, Optional<String> device, OptionalLong resident)
      throws SQLException {
    return new Latency(
        device,
        Columns.text(row, "model"),
        Columns.text(row, "variant"),
        Columns.text(row, "profile"),
        LatencySketch.decode(Objects.requireNonNull(row.getBytes("sketch"))),
        row.getDouble("cpu_seconds"),
        row.getLong("failures"),
        resident);
  }
}
