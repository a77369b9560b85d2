/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.device.Speeds;
import dev.sagui.server.fleet.FleetView.DeviceRow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
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
    Benched quarantined =
        new Benched(Optional.of("a time is not above 0"), Optional.empty(), Optional.empty());
    DeviceCard card = card(row(new long[2], quarantined));
    assertEquals("online", card.state());
    assertEquals("Measures no more", card.notes().get(0).title());
    assertEquals("a time is not above 0", card.notes().get(0).reason());
  }

  @Test
  void aDeviceSaysHowFastItIsAndThatItIsNotLikeItsProfile() {
    OptionalDouble disk = OptionalDouble.of(0.0875);
    DeviceRow row =
        row(
            new long[2],
            new Benched(
                Optional.empty(),
                Optional.of(new Speeds(12.3, 40, 3.456, OptionalDouble.of(0.04), disk, 1)),
                Optional.of("21.0 ms for the probe's convolution")));
    DeviceCard card = card(row);
    assertEquals("online", card.state());
    assertEquals(
        "fp32 12.3, int8 40.0 Gop/s · memory 3.46 GB/s · disk 87.5 MB/s · a call 0.04 ms",
        card.speeds());
    assertEquals(
        List.of(
            new DeviceCard.Note(
                "Not like its profile", "wait", "21.0 ms for the probe's convolution", "")),
        card.notes());
  }

  private static DeviceRow row(String state, String attestation, Optional<String> failure) {
    return row(state, attestation, failure, 0, 0);
  }

  private static DeviceRow row(
      String state, String attestation, Optional<String> failure, long came, long saved) {
    return row(
        state,
        attestation,
        failure,
        new long[] {came, saved},
        new Benched(Optional.empty(), Optional.empty(), Optional.empty()));
  }

  /** What benches tell of a device. */
  private record Benched(
      Optional<String> quarantine, Optional<Speeds> speeds, Optional<String> outlier) {}

  private static DeviceRow row(long[] cameAndSaved, Benched benched) {
    return row("IDLE", "", Optional.empty(), cameAndSaved, benched);
  }

  private static DeviceRow row(
      String state,
      String attestation,
      Optional<String> failure,
      long[] cameAndSaved,
      Benched benched) {
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
        benched.quarantine,
        benched.speeds,
        benched.outlier);
  }
}
