/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.device.DeviceId;
import dev.sagui.json.Json;
import dev.sagui.server.fleet.Device;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.fleet.SlotChanges;
import dev.sagui.wire.MetricsReport;
import dev.sagui.wire.Reported;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** Applies reports, each once: a report and its cursor are one transaction. */
public final class ReportStore {
  private final Database database;
  private final EventStore events;

  public ReportStore(Database database, EventStore events) {
    this.database = database;
    this.events = events;
  }

  /** Whether it was new; a doubled or late one changes nothing. */
  public boolean apply(Reported report, Instant now) {
    Optional<List<Event>> applied =
        database.write(
            h -> {
              if (!advance(
                  h, report.device(), report.instance(), "REPORTED", report.sequence(), now)) {
                return Optional.<List<Event>>empty();
              }
              List<Event> changes = changes(h, report, now);
              put(h, report, now);
              return Optional.of(events.insert(h, with(changes, attested(h, report, now))));
            });
    applied.ifPresent(events::tell);
    return applied.isPresent();
  }

  /** Whether it was new; a doubled or late one changes nothing. */
  public boolean apply(MetricsReport report, Instant now) {
    return database.write(
        h -> {
          if (!advance(h, report.device(), report.instance(), "METRICS", report.sequence(), now)) {
            return false;
          }
          String profile =
              DeviceStore.find(h, report.device().value()).map(Device::profile).orElse("unknown");
          seen(h, report, now);
          for (MetricsReport.Series series : report.series()) {
            LatencyRow.of(report.device(), series, profile, now).forEach(row -> row.add(h, series));
          }
          return true;
        });
  }

  private static List<Event> attested(Handle h, Reported report, Instant now) {
    return report.slots().stream()
        .flatMap(slot -> AttestationRow.take(h, report.device(), slot, now).stream())
        .toList();
  }

  private static List<Event> with(List<Event> some, List<Event> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  private static boolean advance(
      Handle h, DeviceId device, String instance, String kind, long sequence, Instant now) {
    return h.createUpdate(
                """
                INSERT INTO cursors VALUES (:device, :instance, :kind, :sequence, :seen)
                ON CONFLICT (device, instance, kind) DO UPDATE SET sequence = :sequence, seen = :seen
                WHERE sequence < :sequence""")
            .bind("device", device.value())
            .bind("instance", instance)
            .bind("kind", kind)
            .bind("sequence", sequence)
            .bind("seen", now.toEpochMilli())
            .execute()
        == 1;
  }

  private static List<Event> changes(Handle h, Reported report, Instant now) {
    String device = report.device().value();
    Map<String, Reported.Slot> before =
        DeviceStore.slots(h, device).stream()
            .collect(Collectors.toMap(slot -> slot.model().value(), slot -> slot));
    Optional<Device> known = DeviceStore.find(h, device);
    Optional<String> refused = known.flatMap(Device::refusal).map(why -> why.string("message"));
    List<Event> events = SlotChanges.events(before, refused, report, now);
    events.addAll(SlotChanges.warnings(known.map(Device::warnings).orElse(List.of()), report, now));
    return events;
  }

  private static void put(Handle h, Reported report, Instant now) {
    String device = report.device().value();
    h.createUpdate(
            """
            UPDATE devices SET reported_desired = :desired, refusal_json = :refusal,
              store_json = :store, warnings_json = :warnings,
              last_seen = :now, online = iif(instance = :instance, 1, online) WHERE id = :id""")
        .bind("desired", report.desiredSequence())
        .bind("refusal", report.refusal().map(ReportStore::refusal).orElse(null))
        .bind("store", report.store().map(disk -> Columns.json(disk.json())).orElse(null))
        .bind(
            "warnings",
            Columns.list(report.warnings().stream().map(Reported.Failure::json).toList()))
        .bind("now", now.toEpochMilli())
        .bind("instance", report.instance())
        .bind("id", device)
        .execute();
    h.execute("DELETE FROM slots WHERE device = ?", device);
    for (Reported.Slot slot : report.slots()) {
      h.execute(
          "INSERT INTO slots VALUES (?, ?, ?, ?)",
          device,
          slot.model().value(),
          slot.state().name(),
          new String(Json.write(slot.json()), StandardCharsets.UTF_8));
    }
  }

  private static String refusal(Reported.Failure why) {
    return Columns.json(
        Map.of(
            "code", why.code().name(), "kind", why.code().kind().name(), "message", why.message()));
  }

  private static void seen(Handle h, MetricsReport report, Instant now) {
    h.execute(
        "UPDATE devices SET resident_bytes = ?, last_seen = ? WHERE id = ?",
        report.residentBytes(),
        now.toEpochMilli(),
        report.device().value());
  }

  /**
   * Forgets how far processes had reported that are not heard since; not of the process that a
   * device was last, which may come back and repeat its last report.
   */
  public int forgetCursorsBefore(Instant oldest) {
    return database.write(
        h ->
            h.execute(
                """
                DELETE FROM cursors WHERE seen < ? AND NOT EXISTS (SELECT 1 FROM devices d
                  WHERE d.id = cursors.device AND d.instance = cursors.instance)""",
                oldest.toEpochMilli()));
  }
}
