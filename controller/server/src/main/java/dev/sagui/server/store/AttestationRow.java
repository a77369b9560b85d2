/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.manifest.Nonce;
import dev.sagui.server.catalog.Release;
import dev.sagui.server.fleet.AttestedSlot;
import dev.sagui.server.fleet.Device;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.trust.Attested;
import dev.sagui.wire.Reported;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.EmptyHandling;

/**
 * The last statement of a device on one of its models.
 *
 * @param nonce that it was judged by; empty if none was asked
 */
record AttestationRow(
    String device,
    String model,
    String release,
    String nonce,
    Attested judged,
    String envelope,
    Instant at) {

  /** Judges and keeps the slot's statement, if it is another than before; what came of it. */
  static Optional<Event> take(Handle h, DeviceId device, Reported.Slot slot, Instant now) {
    if (slot.attestation().isEmpty() || slot.serving().isEmpty()) {
      return Optional.empty();
    }
    String envelope = slot.attestation().get();
    Digest manifest = slot.serving().get().manifest();
    Optional<Nonce> nonce = asked(h, device);
    String asked = nonce.map(Nonce::hex).orElse("");
    Optional<AttestationRow> before = find(h, device, slot);
    if (before.filter(row -> row.isOf(envelope, manifest, asked)).isPresent()) {
      return Optional.empty();
    }
    Attested judged =
        Attested.of(
            envelope,
            DeviceStore.find(h, device.value()).flatMap(Device::key),
            new Attested.Expected(
                device,
                slot.model(),
                manifest,
                ReleaseStore.find(h, manifest.hex()).map(Release::subject),
                nonce));
    AttestationRow row =
        new AttestationRow(
            device.value(), slot.model().value(), manifest.hex(), asked, judged, envelope, now);
    row.put(h);
    boolean told =
        judged.state() == Attested.State.MISSING
            || before.filter(old -> old.saysTheSame(row)).isPresent();
    return told ? Optional.empty() : Optional.of(row.event());
  }

  private boolean isOf(String text, Digest manifest, String asked) {
    return envelope.equals(text) && release.equals(manifest.hex()) && nonce.equals(asked);
  }

  private boolean saysTheSame(AttestationRow other) {
    return judged.equals(other.judged) && release.equals(other.release);
  }

  private Event event() {
    boolean holds = judged.state() == Attested.State.ATTESTED;
    return new Event(
        0,
        at,
        device,
        model,
        holds ? Event.Kind.ATTESTED : Event.Kind.NOT_ATTESTED,
        holds ? "" : FailureCode.ATTESTATION_FALSE.name(),
        holds ? "release %s is attested".formatted(release.substring(0, 12)) : judged.reason());
  }

  private static Optional<Nonce> asked(Handle h, DeviceId device) {
    return h.createQuery("SELECT nonce FROM desired WHERE device = :device AND nonce IS NOT NULL")
        .bind("device", device.value())
        .mapTo(String.class)
        .findOne()
        .map(Nonce::new);
  }

  private static Optional<AttestationRow> find(Handle h, DeviceId device, Reported.Slot slot) {
    return h.createQuery("SELECT * FROM attestations WHERE device = :device AND model = :model")
        .bind("device", device.value())
        .bind("model", slot.model().value())
        .map((row, c) -> of(row))
        .findOne();
  }

  private static AttestationRow of(ResultSet row) throws SQLException {
    return new AttestationRow(
        Columns.text(row, "device"),
        Columns.text(row, "model"),
        Columns.text(row, "release"),
        Columns.text(row, "nonce"),
        new Attested(
            Attested.State.valueOf(Columns.text(row, "state")), Columns.text(row, "reason")),
        Columns.text(row, "envelope"),
        Columns.time(row, "at"));
  }

  private void put(Handle h) {
    h.execute(
        "INSERT OR REPLACE INTO attestations VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        device,
        model,
        release,
        nonce,
        judged.state().name(),
        judged.reason(),
        envelope,
        at.toEpochMilli());
  }

  /** By device and model, those that answer what was asked last. */
  static Map<List<String>, AttestationRow> current(Handle h, List<String> devices) {
    Map<List<String>, AttestationRow> rows = new LinkedHashMap<>();
    h.createQuery(
            """
            SELECT a.* FROM attestations a JOIN desired d ON d.device = a.device
            WHERE a.nonce = coalesce(d.nonce, '') AND a.device IN (<ids>)""")
        .bindList(EmptyHandling.NULL_KEYWORD, "ids", devices)
        .map((row, c) -> of(row))
        .forEach(row -> rows.put(List.of(row.device, row.model), row));
    return rows;
  }

  AttestedSlot.Statement statement() {
    return new AttestedSlot.Statement(judged, Optional.of(envelope), Optional.of(at));
  }

  boolean speaksOf(Digest manifest) {
    return release.equals(manifest.hex());
  }
}
