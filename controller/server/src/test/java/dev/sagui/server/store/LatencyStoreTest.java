/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.server.BornFacts;
import dev.sagui.server.telemetry.Latency;
import dev.sagui.sketch.LatencySketch;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.MetricsReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyStoreTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Optional<String> ALL = Optional.empty();

  @TempDir Path folder;
  private Database database;
  private LatencyStore latency;
  private ReportStore reports;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("sagui.db"));
    latency = new LatencyStore(database);
    reports = new ReportStore(database, new EventStore(database));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void windowLeavesOutWhatIsOlder() {
    report("zero", "a", 1, 100, NOON.minus(Duration.ofHours(1)));
    report("zero", "a", 2, 10, NOON.minus(Duration.ofMinutes(2)));
    report("zero", "a", 3, 10, NOON);
    Instant recent = NOON.minus(Duration.ofMinutes(15));
    assertEquals(3, only(latency.byDevice(ALL, ALL)).sketch().count());
    assertEquals(2, only(latency.byDevice(ALL, ALL, recent)).sketch().count());
    assertEquals(10, only(latency.byDevice(ALL, ALL, recent)).sketch().quantileMillis(0.99), 1);
    assertEquals(2, only(latency.byVariant(ALL, recent)).sketch().count());
    assertEquals(Optional.of("zero"), only(latency.byDevice(ALL, ALL, recent)).device());
    assertEquals(2 * 0.5, only(latency.byVariant(ALL, recent)).cpuSeconds(), 1e-9);
    assertTrue(latency.byDevice(ALL, ALL, NOON.plusSeconds(60)).isEmpty());
  }

  @Test
  void windowSumsDevicesByVariant() {
    report("zero", "a", 1, 10, NOON);
    report("five", "b", 1, 20, NOON);
    assertEquals(2, latency.byDevice(ALL, ALL, NOON).size());
    assertEquals(1, latency.byDevice(Optional.of("five"), ALL, NOON).size());
    assertEquals(2, only(latency.byVariant(ALL, NOON)).sketch().count());
    assertEquals(2, only(latency.byVariant(ALL)).sketch().count());
    assertTrue(latency.byVariant(Optional.of("other"), NOON).isEmpty());
  }

  @Test
  void forgettingMinutesKeepsTheWhole() {
    report("zero", "a", 1, 10, NOON.minus(Duration.ofDays(8)));
    report("zero", "a", 2, 10, NOON);
    assertEquals(2, latency.forgetMinutesBefore(NOON.minus(Duration.ofDays(7))));
    assertEquals(1, only(latency.byDevice(ALL, ALL, Instant.EPOCH)).sketch().count());
    assertEquals(1, only(latency.byVariant(ALL, Instant.EPOCH)).sketch().count());
    assertEquals(2, only(latency.byDevice(ALL, ALL)).sketch().count());
  }

  @Test
  void forgettingCursorsKeepsThatOfADevicesLastProcess() {
    Instant old = NOON.minus(Duration.ofDays(8));
    new DeviceStore(database)
        .born(
            new DeviceState(new DeviceId("zero"), "last", true, Optional.empty(), Optional.empty()),
            facts(),
            old);
    report("zero", "before", 1, 10, old);
    report("zero", "last", 1, 10, old);
    assertEquals(1, reports.forgetCursorsBefore(NOON.minus(Duration.ofDays(7))));
    assertFalse(report("zero", "last", 1, 10, NOON));
    assertTrue(report("zero", "before", 1, 10, NOON));
  }

  private boolean report(
      String device, String instance, long sequence, long millis, Instant received) {
    LatencySketch sketch = new LatencySketch();
    sketch.record(millis * 1_000_000);
    MetricsReport.Series series =
        new MetricsReport.Series(
            new ArtifactName("decoder"),
            new ArtifactName("int8"),
            Digest.of(new byte[0]),
            sketch,
            0.5,
            0);
    return reports.apply(
        new MetricsReport(new DeviceId(device), instance, sequence, 1, List.of(series)), received);
  }

  private static Latency only(List<Latency> rows) {
    assertEquals(1, rows.size(), rows.toString());
    return rows.get(0);
  }

  private static DeviceState.Facts facts() {
    return BornFacts.of("raspberry-pi-5", Map.of());
  }
}
