/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.DesiredState;
import dev.sagui.manifest.Nonce;
import dev.sagui.server.rollout.Rollout;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** Each device's signed desired state. */
public final class DesiredStore {
  private final Database database;

  public DesiredStore(Database database) {
    this.database = database;
  }

  /** A desired state and its signed form. */
  public record Signed(DesiredState state, byte[] envelope) {}

  /**
   * Sets one model of a device's desired state, with the next sequence.
   *
   * @param nonce to attest with
   * @param sign gives the envelope
   */
  public Signed put(
      DeviceId device, DesiredState.Slot slot, Nonce nonce, Function<DesiredState, byte[]> sign) {
    return database.write(
        h -> {
          h.execute(
              "INSERT INTO desired_slots VALUES (?, ?, ?, ?, ?) ON CONFLICT (device, model) DO UPDATE"
                  + " SET release = excluded.release, manifest_bytes = excluded.manifest_bytes,"
                  + " terms_json = excluded.terms_json",
              device.value(),
              slot.model().value(),
              slot.manifest().hex(),
              slot.manifestBytes(),
              Columns.json(slot.terms().json()));
          return next(h, device, nonce, sign);
        });
  }

  /** Asks a device anew to attest what it serves; empty if it shall serve nothing. */
  public Optional<Signed> ask(DeviceId device, Nonce nonce, Function<DesiredState, byte[]> sign) {
    return database.write(
        h ->
            slots(h, device).isEmpty()
                ? Optional.<Signed>empty()
                : Optional.of(next(h, device, nonce, sign)));
  }

  private static Signed next(
      Handle h, DeviceId device, Nonce nonce, Function<DesiredState, byte[]> sign) {
    DesiredState next =
        new DesiredState(device, sequence(h, device) + 1, slots(h, device), Optional.of(nonce));
    byte[] envelope = sign.apply(next);
    if (envelope.length > DesiredState.MAX_BYTES) {
      throw new RejectedException(
          FailureCode.PAYLOAD_TOO_LARGE,
          "the desired state of '%s' would have %d bytes, devices read at most %d; name fewer addresses"
              .formatted(device, envelope.length, DesiredState.MAX_BYTES));
    }
    h.execute(
        "INSERT INTO desired (device, sequence, envelope, nonce) VALUES (?, ?, ?, ?) ON CONFLICT"
            + " (device) DO UPDATE SET sequence = excluded.sequence, envelope = excluded.envelope,"
            + " nonce = excluded.nonce",
        device.value(),
        next.sequence(),
        envelope,
        nonce.hex());
    return new Signed(next, envelope);
  }

  public Optional<Signed> find(DeviceId device) {
    return database.read(
        h ->
            h.createQuery("SELECT envelope, nonce FROM desired WHERE device = :device")
                .bind("device", device.value())
                .map((row, c) -> signed(h, device, row))
                .findOne());
  }

  private static Signed signed(Handle h, DeviceId device, ResultSet row) throws SQLException {
    Optional<Nonce> nonce = Optional.ofNullable(row.getString("nonce")).map(Nonce::new);
    return new Signed(
        new DesiredState(device, sequence(h, device), slots(h, device), nonce),
        row.getBytes("envelope"));
  }

  /** All devices that have a desired state. */
  public List<DeviceId> devices() {
    return database.read(
        h ->
            h.createQuery("SELECT device FROM desired ORDER BY device")
                .map((row, c) -> new DeviceId(Columns.text(row, "device")))
                .list());
  }

  /**
   * What devices shall serve, by release and profile, newest release first, from the {@code
   * offset}-th. A release has arrived where it is committed, not while it is on probation; a
   * failure counts as long as the device still reports it, and a reason to wait is none.
   */
  public List<Rollout> rollouts(int offset, int limit) {
    return database.read(
        h ->
            h.createQuery(
                    """
                    WITH each AS (
                      SELECT r.*, v.profile,
                        json_extract(s.slot_json, '$.serving.manifest') IS r.id
                          AND s.state IS NOT 'PROBATION' AS arrived,
                        v.refusal_json IS NOT NULL
                          OR (json_extract(s.slot_json, '$.target') IS r.id
                            AND s.state IN ('REJECTED', 'ROLLED_BACK', 'QUARANTINED')) AS failed
                      FROM desired_slots d
                      JOIN releases r ON r.id = d.release
                      JOIN devices v ON v.id = d.device
                      LEFT JOIN slots s ON s.device = d.device AND s.model = d.model)
                    SELECT id, model, variant, sequence, profile, created, sum(arrived) AS arrived,
                      sum(NOT arrived AND NOT failed) AS pending,
                      sum(NOT arrived AND failed) AS refused
                    FROM each GROUP BY id, profile
                    ORDER BY created DESC, id, profile LIMIT :limit OFFSET :offset""")
                .bind("limit", limit)
                .bind("offset", offset)
                .map(DesiredStore::rollout)
                .list());
  }

  private static Rollout rollout(ResultSet row, StatementContext context) throws SQLException {
    return new Rollout(
        Columns.text(row, "id"),
        Columns.text(row, "model"),
        Columns.text(row, "variant"),
        row.getLong("sequence"),
        Columns.text(row, "profile"),
        Columns.time(row, "created"),
        row.getLong("arrived"),
        row.getLong("pending"),
        row.getLong("refused"));
  }

  private static long sequence(Handle h, DeviceId device) {
    return h.createQuery("SELECT coalesce(max(sequence), 0) FROM desired WHERE device = :device")
        .bind("device", device.value())
        .mapTo(Long.class)
        .one();
  }

  private static List<DesiredState.Slot> slots(Handle h, DeviceId device) {
    return h.createQuery("SELECT * FROM desired_slots WHERE device = :device ORDER BY model")
        .bind("device", device.value())
        .map(
            (row, c) ->
                new DesiredState.Slot(
                    new ArtifactName(Columns.text(row, "model")),
                    new Digest(Columns.text(row, "release")),
                    row.getLong("manifest_bytes"),
                    terms(h, row)))
        .list();
  }

  private static FetchTerms terms(Handle h, ResultSet row) throws SQLException {
    return FetchTerms.parse(Columns.object(Columns.text(row, "terms_json")))
        .with(DifferenceStore.of(h, Columns.text(row, "release")).found());
  }
}
