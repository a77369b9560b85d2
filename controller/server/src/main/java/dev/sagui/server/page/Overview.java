/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import dev.sagui.server.fleet.FleetView;
import dev.sagui.server.fleet.Hearing;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that the page shows, at one moment.
 *
 * @param trouble why devices are not heard; empty while they are
 */
record Overview(
    String trouble,
    List<DeviceCard> devices,
    List<ModelCard> models,
    List<Release> releases,
    List<Entry> events) {
  private static final int EVENTS = 40;
  private static final int RELEASES = 20;
  private static final int ID_DIGITS = 12;

  /** One signed release. */
  record Release(
      String id, String model, String variant, String sequence, String profiles, Moment created) {}

  /**
   * One event.
   *
   * @param tone class of its mark: {@code good}, {@code bad} or {@code plain}
   */
  record Entry(Moment at, String tone, String kind, String about, String message) {}

  static Overview of(FleetView fleet, Hearing hearing) {
    return new Overview(
        hearing.trouble().orElse(""),
        DeviceCard.of(fleet.devices()),
        fleet.models().stream().map(ModelCard::of).toList(),
        fleet.releases().stream().limit(RELEASES).map(Overview::release).toList(),
        fleet.events(EVENTS).stream().map(Overview::entry).toList());
  }

  private static Release release(FleetView.ReleaseRow row) {
    return new Release(
        row.id().substring(0, Math.min(ID_DIGITS, row.id().length())),
        row.model(),
        row.variant(),
        Wording.count(row.sequence()),
        String.join(", ", row.profiles()),
        Moment.of(row.created()));
  }

  private static Entry entry(FleetView.EventRow row) {
    return new Entry(
        Moment.of(row.at()),
        tone(row.kind()),
        Wording.words(row.kind()),
        Stream.of(row.device(), row.model())
            .filter(name -> !name.isEmpty())
            .collect(Collectors.joining(" · ")),
        row.message());
  }

  private static String tone(String kind) {
    return switch (kind) {
      case "SERVING", "DEVICE_ONLINE", "ATTESTED" -> "good";
      case "REJECTED",
          "REFUSED",
          "BAD_MESSAGE",
          "DUPLICATE_DEVICE_ID",
          "DEVICE_KEY_CHANGED",
          "NOT_ATTESTED" ->
          "bad";
      default -> "plain";
    };
  }

  public long online() {
    return devices.stream().filter(device -> !device.state().equals("offline")).count();
  }
}
