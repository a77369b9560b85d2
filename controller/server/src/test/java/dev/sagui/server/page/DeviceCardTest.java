/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.server.fleet.FleetView.DeviceRow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceCardTest {
  private static final String WHY = "DISK_FULL: no room";

  @ParameterizedTest
  @CsvSource({
    "WAITING, Waits, wait, online",
    "FETCHING, Goes on, wait, online",
    "REJECTED, Refused, refusal, refused",
    "ROLLED_BACK, Went back, refusal, refused",
    "QUARANTINED, Quarantined, refusal, refused"
  })
  void saysWhatTheDeviceDidAndWhy(String state, String title, String tone, String dot) {
    DeviceCard card = card(row(state, "ATTESTED", Optional.of(WHY)));
    assertEquals(List.of(new DeviceCard.Note(title, tone, WHY, "vae int8")), card.notes());
    assertEquals(dot, card.state());
  }

  @Test
  void aModelAtRestHasNoWordsAndAModelAtWorkHas() {
    assertEquals("", card(row("IDLE", "ATTESTED", Optional.empty())).slots().get(0).state());
    assertEquals(
        "serves a release on probation",
        card(row("PROBATION", "MISSING", Optional.empty())).slots().get(0).state());
  }

  @ParameterizedTest
  @CsvSource({"ATTESTED, attested", "FALSE, attestation false", "MISSING, ''", "'', ''"})
  void saysWhatAStatementIsWorth(String attestation, String words) {
    DeviceCard card = card(row("IDLE", attestation, Optional.empty()));
    assertEquals(words, card.slots().get(0).attestation());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, ''",
    "4_200_000, 0, 4.20 MB received",
    "4_200_000, 36_000_000, '4.20 MB received, 36.0 MB saved'"
  })
  void saysWhatCameAndWhatDidNotHaveTo(String came, String saved, String words) {
    DeviceRow row = row("IDLE", "", Optional.empty(), number(came), number(saved));
    assertEquals(words, card(row).slots().get(0).received());
  }

  private static long number(String text) {
    return Long.parseLong(text.replace("_", ""));
  }

  private static DeviceCard card(DeviceRow row) {
    return DeviceCard.of(List.of(row)).get(0);
  }

  @Test
  void aDeviceThatMeasuresNoMoreServesAndSaysWhy() {
    DeviceRow row =
        row("IDLE", "", Optional.empty(), new long[2], Optional.of("a time is not above 0"));
    DeviceCard card = DeviceCard.of(List.of(row)).get(0);
    assertEquals("online", card.state());
    assertEquals("Measures no more", card.notes().get(0).title());
    assertEquals("a time is not above 0", card.notes().get(0).reason());
  }

  private static DeviceRow row(String state, String attestation, Optional<String> failure) {
    return row(state, attestation, failure, 0, 0);
  }

  private static DeviceRow row(
      String state, String attestation, Optional<String> failure, long came, long saved) {
    return row(state, attestation, failure, new long[] {came, saved}, Optional.empty());
  }

  private static DeviceRow row(
      String state,
      String attestation,
      Optional<String> failure,
      long[] cameAndSaved,
      Optional<String> benchQuarantine) {
    return new DeviceRow(
        "kitchen",
        true,
        Instant.EPOCH,
        "raspberry-pi-5",
        "vae",
        "int8",
        state,
        attestation,
        failure,
        cameAndSaved[0],
        cameAndSaved[1],
        0,
        0,
        0,
        0,
        0,
        benchQuarantine);
  }
}
