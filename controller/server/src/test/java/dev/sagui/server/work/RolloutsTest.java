/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.BlobAddress;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.DesiredState;
import dev.sagui.manifest.SigningKey;
import dev.sagui.server.BornFacts;
import dev.sagui.server.catalog.Release;
import dev.sagui.server.rollout.MemoryLink;
import dev.sagui.server.rollout.Rollout;
import dev.sagui.server.rollout.Target;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.DesiredStore;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.ReleaseStore;
import dev.sagui.server.store.ReportStore;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RolloutsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final ArtifactName MODEL = new ArtifactName("decoder");
  private static final String PI = "raspberry-pi-5";
  private static final Target PIS = new Target(Optional.of(PI), Optional.empty(), Optional.empty());

  @TempDir Path folder;
  private final MemoryLink link = new MemoryLink();
  private Database database;
  private DesiredStore desired;
  private Rollouts rollouts;
  private Release release;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("sagui.db"));
    desired = new DesiredStore(database);
    rollouts =
        new Rollouts(
            new DeviceStore(database),
            desired,
            new SigningKey(SigningKey.generate()),
            new EventStore(database),
            Clock.fixed(NOW, ZoneOffset.UTC));
    List.of("arrived", "pending", "refused").forEach(id -> born(id, PI));
    born("other", "laptop");
    release =
        new Release(
            Digest.of(new byte[] {1}),
            MODEL,
            new ArtifactName("int8"),
            1,
            List.of(new ArtifactName(PI)),
            1,
            1,
            List.of(),
            NOW);
    new ReleaseStore(database).add(release, Ordered.differences(release));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void sendsDevicesOfTheProfileTheirOwnState() {
    assertEquals(3, rollouts.set(release, PIS, FetchTerms.NONE, Duration.ZERO, link).size());
    assertTrue(link.kept(new DeviceId("pending")).isPresent());
    assertTrue(link.kept(new DeviceId("other")).isEmpty());
  }

  @Test
  void keepsTheTermsOfEachDeployment() {
    BlobAddress cdn = new BlobAddress("https://cdn.example.com/{digest}");
    FetchTerms terms = new FetchTerms(OptionalLong.of(9), List.of(cdn));
    rollouts.set(release, PIS, terms, Duration.ZERO, link);
    DesiredState signed = desired.find(new DeviceId("pending")).orElseThrow().state();
    assertEquals(terms, signed.slots().get(0).terms());
  }

  @Test
  void devicesTakeTurnsOverATimeInAnOrderByChance() {
    rollouts.set(release, PIS, FetchTerms.NONE, Duration.ofMinutes(10), link);
    List<Long> turns =
        Stream.of("arrived", "pending", "refused")
            .map(id -> desired.find(new DeviceId(id)).orElseThrow().state().slots().get(0))
            .map(slot -> slot.terms().turn().toSeconds())
            .sorted()
            .toList();
    assertEquals(List.of(0L, 200L, 400L), turns);
  }

  @Test
  void refusesDevicesThatTheReleaseIsNotFor() {
    Target laptops = new Target(Optional.of("laptop"), Optional.empty(), Optional.empty());
    RejectedException refused =
        assertThrows(
            RejectedException.class,
            () -> rollouts.set(release, laptops, FetchTerms.NONE, Duration.ZERO, link));
    assertEquals(FailureCode.WRONG_PROFILE, refused.code());
  }

  @Test
  void countsDevicesByHowFarTheyAre() {
    rollouts.set(release, PIS, FetchTerms.NONE, Duration.ZERO, link);
    report("arrived", Optional.of(running()), Optional.empty());
    report(
        "refused",
        Optional.empty(),
        Optional.of(new Reported.Failure(FailureCode.TOO_SLOW, "too slow")));
    List<Rollout> rows = desired.rollouts(0, 10);
    assertEquals(1, rows.size());
    Rollout row = rows.get(0);
    assertEquals(PI, row.profile());
    assertEquals(List.of(1L, 1L, 1L), List.of(row.arrived(), row.pending(), row.refused()));
    assertTrue(desired.rollouts(1, 10).isEmpty());
  }

  private Reported.Running running() {
    return new Reported.Running(release.id(), release.variant(), 1, 1);
  }

  private void report(
      String device, Optional<Reported.Running> serving, Optional<Reported.Failure> failure) {
    SlotState state = failure.isPresent() ? SlotState.REJECTED : SlotState.IDLE;
    Reported.Slot slot =
        new Reported.Slot(
            MODEL,
            state,
            serving,
            Optional.of(release.id()),
            0,
            0,
            0,
            Reported.Saved.NOTHING,
            failure,
            Optional.empty());
    new ReportStore(database, new EventStore(database))
        .apply(
            new Reported(
                new DeviceId(device),
                "one",
                1,
                1,
                List.of(slot),
                Optional.empty(),
                Optional.empty()),
            NOW);
  }

  private void born(String id, String profile) {
    DeviceState.Facts facts = BornFacts.of(profile, Map.of());
    new DeviceStore(database)
        .born(
            new DeviceState(new DeviceId(id), "one", true, Optional.empty(), Optional.empty()),
            facts,
            NOW);
  }
}
