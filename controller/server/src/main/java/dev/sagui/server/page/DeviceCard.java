/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import dev.sagui.server.fleet.FleetView.DeviceRow;
import dev.sagui.wire.SlotState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One device with all that it serves.
 *
 * @param state class of its dot: {@code online}, {@code offline} or {@code refused}
 * @param speeds that it measured of itself; empty if none
 * @param notes what it refused or waits for, each once
 */
record DeviceCard(
    String id,
    String state,
    String word,
    String profile,
    Moment seen,
    String resident,
    String speeds,
    List<Slot> slots,
    List<Note> notes) {

  /**
   * One model on the device; percentiles are numbers for the chart, texts for people.
   *
   * @param key names the slot's line chart
   * @param state what the device does for it, in words; empty when there is nothing to do
   * @param attestation what the device's statement of it is worth; empty when there is none
   * @param received bytes that came, and that did not have to, for its last release; empty if none
   * @param measured whether there are percentiles
   */
  record Slot(
      String key,
      String model,
      String variant,
      String state,
      String attestation,
      String received,
      boolean measured,
      String count,
      Percentile p50,
      Percentile p95,
      Percentile p99) {}

  /** In milliseconds. */
  record Percentile(double value, String text) {
    static Percentile of(double millis) {
      return new Percentile(millis, Wording.millis(millis));
    }
  }

  /**
   * Why something is not as desired.
   *
   * @param title what the device did
   * @param tone class: {@code refusal} when it ended, {@code wait} while it goes on by itself
   * @param kept what the device serves all the same
   */
  record Note(String title, String tone, String reason, String kept) {}

  /** A card for each device, in the order of {@code rows}. */
  static List<DeviceCard> of(List<DeviceRow> rows) {
    Map<String, List<DeviceRow>> byDevice = new LinkedHashMap<>();
    rows.forEach(row -> byDevice.computeIfAbsent(row.id(), id -> new ArrayList<>()).add(row));
    return byDevice.values().stream().map(DeviceCard::card).toList();
  }

  private static DeviceCard card(List<DeviceRow> rows) {
    DeviceRow first = rows.get(0);
    List<Note> notes = notes(rows);
    String reach = first.online() ? "online" : "offline";
    boolean refused =
        first.online() && notes.stream().anyMatch(note -> note.tone.equals("refusal"));
    return new DeviceCard(
        first.id(),
        refused ? "refused" : reach,
        refused ? "online, refused" : reach,
        first.profile(),
        Moment.of(first.lastSeen()),
        first.residentBytes() > 0 ? Wording.bytes(first.residentBytes()) : "",
        first.speeds().map(Wording::speeds).orElse(""),
        rows.stream().filter(row -> !row.model().isEmpty()).map(DeviceCard::slot).toList(),
        notes);
  }

  private static Slot slot(DeviceRow row) {
    return new Slot(
        row.id() + "/" + row.model(),
        row.model(),
        row.variant(),
        state(row) == SlotState.IDLE ? "" : state(row).inWords(),
        attestation(row.attestation()),
        received(row),
        row.count() > 0,
        Wording.count(row.count()),
        Percentile.of(row.p50Millis()),
        Percentile.of(row.p95Millis()),
        Percentile.of(row.p99Millis()));
  }

  private static String attestation(String state) {
    return switch (state) {
      case "ATTESTED" -> "attested";
      case "FALSE" -> "attestation false";
      default -> "";
    };
  }

  private static String received(DeviceRow row) {
    if (row.wireBytes() == 0) {
      return "";
    }
    String came = Wording.bytes(row.wireBytes()) + " received";
    return row.savedBytes() == 0 ? came : came + ", " + Wording.bytes(row.savedBytes()) + " saved";
  }

  private static SlotState state(DeviceRow row) {
    return SlotState.valueOf(row.state());
  }

  private static List<Note> notes(List<DeviceRow> rows) {
    Map<String, Note> byReason = new LinkedHashMap<>();
    for (DeviceRow row : rows) {
      row.failure().ifPresent(why -> byReason.putIfAbsent(why, note(row, why)));
    }
    rows.get(0)
        .benchQuarantine()
        .ifPresent(why -> byReason.put(why, new Note("Measures no more", "wait", why, "")));
    rows.get(0)
        .outlier()
        .ifPresent(why -> byReason.put(why, new Note("Not like its profile", "wait", why, "")));
    return List.copyOf(byReason.values());
  }

  private static Note note(DeviceRow row, String why) {
    return switch (state(row)) {
      case WAITING -> new Note("Waits", "wait", why, kept(row));
      case FETCHING, CHECKING, STAGING, TRYING, PROBATION ->
          new Note("Goes on", "wait", why, kept(row));
      case ROLLED_BACK -> new Note("Went back", "refusal", why, kept(row));
      case QUARANTINED -> new Note("Quarantined", "refusal", why, kept(row));
      case REJECTED, IDLE -> new Note("Refused", "refusal", why, kept(row));
    };
  }

  private static String kept(DeviceRow row) {
    return row.variant().isEmpty() ? "" : row.model() + " " + row.variant();
  }
}
