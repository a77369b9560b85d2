/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.device.DeviceId;
import dev.sagui.manifest.TrustedKey;
import dev.sagui.server.fleet.AttestedSlot;
import dev.sagui.server.fleet.Device;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.Reported;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.EmptyHandling;
import org.jdbi.v3.core.statement.StatementContext;

/** Devices and their slots. */
public final class DeviceStore {
  private final Database database;

  public DeviceStore(Database database) {
    this.database = database;
  }

  public Optional<Device> find(String id) {
    return database.read(h -> find(h, id));
  }

  static Optional<Device> find(Handle h, String id) {
    return h.createQuery("SELECT * FROM devices WHERE id = :id")
        .bind("id", id)
        .map(DeviceStore::device)
        .findOne();
  }

  /** By id, those after {@code after}. */
  public List<Device> list(String after, int limit) {
    return database.read(
        h ->
            h.createQuery("SELECT * FROM devices WHERE id > :after ORDER BY id LIMIT :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map(DeviceStore::device)
                .list());
  }

  /** Those of a profile that are connected, by id. */
  public List<Device> online(String profile) {
    return database.read(
        h ->
            h.createQuery(
                    "SELECT * FROM devices WHERE profile = :profile AND online = 1 ORDER BY id")
                .bind("profile", profile)
                .map(DeviceStore::device)
                .list());
  }

  /** Records a birth message and returns what was known before it. */
  public Optional<Device> born(DeviceState state, DeviceState.Facts facts, Instant now) {
    return database.write(
        h -> {
          Optional<Device> before = find(h, state.device().value());
          h.createUpdate(
                  """
                  INSERT INTO devices (id, instance, online, last_seen, profile, facts_json, key)
                  VALUES (:id, :instance, 1, :now, :profile, :facts, :key)
                  ON CONFLICT (id) DO UPDATE SET
                    previous_instance = iif(instance = :instance, previous_instance, instance),
                    instance = :instance, online = 1, last_seen = :now, profile = :profile,
                    facts_json = :facts, key = coalesce(key, :key),
                    offered_key = iif(key <> :key, :key, NULL)""")
              .bind("key", state.key().map(TrustedKey::base64).orElse(null))
              .bind("id", state.device().value())
              .bind("instance", state.instance())
              .bind("now", now.toEpochMilli())
              .bind("profile", facts.profile().value())
              .bind("facts", Columns.json(facts.json()))
              .execute();
          return before;
        });
  }

  /** Records a will; false when another process of the device has spoken since. */
  public boolean gone(DeviceState state, Instant now) {
    return database.write(
            h ->
                h.createUpdate(
                        """
                        UPDATE devices SET online = 0, last_seen = :now
                        WHERE id = :id AND instance = :instance AND online = 1""")
                    .bind("id", state.device().value())
                    .bind("instance", state.instance())
                    .bind("now", now.toEpochMilli())
                    .execute())
        == 1;
  }

  /**
   * Trusts from now on the other key that the device shows.
   *
   * @param keyId of that key, so that the operator accepts what was seen
   * @return whether the device shows it
   */
  public boolean accept(DeviceId device, String keyId) {
    return database.write(
        h -> {
          Optional<TrustedKey> offered = find(h, device.value()).flatMap(Device::offeredKey);
          if (offered.filter(key -> key.id().equals(keyId)).isEmpty()) {
            return false;
          }
          h.execute(
              "UPDATE devices SET key = offered_key, offered_key = NULL WHERE id = ?",
              device.value());
          return true;
        });
  }

  /** Asks it to measure no more, until {@link #trustBenches}. Whether it was asked until now. */
  public boolean distrustBenches(DeviceId device, String why) {
    return database.write(
            h ->
                h.execute(
                    "UPDATE devices SET bench_quarantine = ? WHERE id = ? AND bench_quarantine IS NULL",
                    why,
                    device.value()))
        == 1;
  }

  /** Whether it was not asked until now. */
  public boolean trustBenches(DeviceId device) {
    return database.write(
            h ->
                h.execute(
                    "UPDATE devices SET bench_quarantine = NULL WHERE id = ? AND bench_quarantine IS NOT NULL",
                    device.value()))
        == 1;
  }

  /** Forgets who is connected, as at a start: whoever is says so again. */
  public void allOffline() {
    database.write(h -> h.execute("UPDATE devices SET online = 0"));
  }

  /** Slots of each of the devices that has some, by model. */
  public Map<String, List<Reported.Slot>> slots(List<String> ids) {
    Map<String, List<Reported.Slot>> byDevice = new HashMap<>();
    database
        .read(
            h ->
                h.createQuery(
                        "SELECT device, slot_json FROM slots WHERE device IN (<ids>) ORDER BY model")
                    .bindList(EmptyHandling.NULL_KEYWORD, "ids", ids)
                    .map((row, c) -> Map.entry(Columns.text(row, "device"), slot(row)))
                    .list())
        .forEach(
            slot ->
                byDevice
                    .computeIfAbsent(slot.getKey(), id -> new ArrayList<>())
                    .add(slot.getValue()));
    return byDevice;
  }

  /** As {@link #slots}, with what the devices state. */
  public Map<String, List<AttestedSlot>> attestedSlots(List<String> ids) {
    Map<List<String>, AttestationRow> stated = database.read(h -> AttestationRow.current(h, ids));
    Map<String, List<AttestedSlot>> byDevice = new HashMap<>();
    slots(ids)
        .forEach(
            (device, slots) ->
                byDevice.put(
                    device, slots.stream().map(slot -> attested(device, slot, stated)).toList()));
    return byDevice;
  }

  private static AttestedSlot attested(
      String device, Reported.Slot slot, Map<List<String>, AttestationRow> stated) {
    Optional<AttestationRow> row =
        Optional.ofNullable(stated.get(List.of(device, slot.model().value())));
    return new AttestedSlot(
        slot,
        slot.serving()
            .map(
                serving ->
                    row.filter(known -> known.speaksOf(serving.manifest()))
                        .map(AttestationRow::statement)
                        .orElse(AttestedSlot.Statement.NONE)));
  }

  static List<Reported.Slot> slots(Handle h, String device) {
    return h.createQuery("SELECT slot_json FROM slots WHERE device = :device ORDER BY model")
        .bind("device", device)
        .map((row, c) -> slot(row))
        .list();
  }

  private static Reported.Slot slot(ResultSet row) throws SQLException {
    return Reported.Slot.parse(Columns.object(Columns.text(row, "slot_json")));
  }

  private static Device device(ResultSet row, StatementContext context) throws SQLException {
    return new Device(
        new DeviceId(Columns.text(row, "id")),
        Columns.text(row, "instance"),
        Columns.text(row, "previous_instance"),
        row.getInt("online") == 1,
        Columns.time(row, "last_seen"),
        Columns.text(row, "profile"),
        Columns.object(Columns.text(row, "facts_json")),
        row.getLong("reported_desired"),
        Columns.findObject(row, "refusal_json"),
        Columns.list(row, "warnings_json", Reported.Failure::parse),
        row.getLong("resident_bytes"),
        Columns.findObject(row, "store_json"),
        key(row, "key"),
        key(row, "offered_key"),
        Optional.ofNullable(row.getString("bench_quarantine")));
  }

  private static Optional<TrustedKey> key(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column)).map(TrustedKey::parseBase64);
  }
}
