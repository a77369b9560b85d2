/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import dev.sagui.server.fleet.FleetView.DeviceRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One device with all that it serves.
 *
 * @param state class of its dot: {@code online}, {@code offline} or {@code refused}
 * @param refusals what it refused, each once
 */
record DeviceCard(
    String id,
    String state,
    String word,
    String profile,
    Moment seen,
    String resident,
    List<Slot> slots,
    List<Refusal> refusals) {

  /**
   * One model on the device; percentiles are numbers for the chart, texts for people.
   *
   * @param key names the slot's line chart
   * @param attestation what the device's statement of it is worth; empty when there is none
   * @param measured whether there are percentiles
   */
  record Slot(
      String key,
      String model,
      String variant,
      String state,
      String attestation,
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
   * Why something was refused.
   *
   * @param kept what the device serves all the same
   */
  record Refusal(String reason, String kept) {}

  /** A card for each device, in the order of {@code rows}. */
  static List<DeviceCard> of(List<DeviceRow> rows) {
    Map<String, List<DeviceRow>> byDevice = new LinkedHashMap<>();
    rows.forEach(row -> byDevice.computeIfAbsent(row.id(), id -> new ArrayList<>()).add(row));
    return byDevice.values().stream().map(DeviceCard::card).toList();
  }

  private static DeviceCard card(List<DeviceRow> rows) {
    DeviceRow first = rows.get(0);
    List<Refusal> refusals = refusals(rows);
    String reach = first.online() ? "online" : "offline";
    boolean refused = first.online() && !refusals.isEmpty();
    return new DeviceCard(
        first.id(),
        refused ? "refused" : reach,
        refused ? "online, refused" : reach,
        first.profile(),
        Moment.of(first.lastSeen()),
        first.residentBytes() > 0 ? Wording.bytes(first.residentBytes()) : "",
        rows.stream().filter(row -> !row.model().isEmpty()).map(DeviceCard::slot).toList(),
        refusals);
  }

  private static Slot slot(DeviceRow row) {
    return new Slot(
        row.id() + "/" + row.model(),
        row.model(),
        row.variant(),
        Wording.words(row.state()),
        attestation(row.attestation()),
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

  private static List<Refusal> refusals(List<DeviceRow> rows) {
    Map<String, Refusal> byReason = new LinkedHashMap<>();
    for (DeviceRow row : rows) {
      Optional<String> reason = row.failure();
      reason.ifPresent(why -> byReason.putIfAbsent(why, new Refusal(why, kept(row))));
    }
    return List.copyOf(byReason.values());
  }

  private static String kept(DeviceRow row) {
    return row.variant().isEmpty() ? "" : row.model() + " " + row.variant();
  }
}
