/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.DeviceId;
import dev.sagui.manifest.Attestation;
import dev.sagui.manifest.Nonce;
import dev.sagui.manifest.SigningKey;
import dev.sagui.server.BornFacts;
import dev.sagui.server.catalog.Release;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.fleet.AttestedSlot;
import dev.sagui.server.fleet.Device;
import dev.sagui.server.fleet.Event;
import dev.sagui.server.rollout.MemoryLink;
import dev.sagui.server.rollout.Target;
import dev.sagui.server.store.BenchStore;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.DesiredStore;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.ReleaseStore;
import dev.sagui.server.store.ReportStore;
import dev.sagui.server.trust.Attested;
import dev.sagui.wire.Channel;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import dev.sagui.wire.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the controller makes of a device's statements, from the message to what it shows. */
class AttestationsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final DeviceId DEVICE = new DeviceId("kitchen");
  private static final ArtifactName MODEL = new ArtifactName("decoder");
  private static final ArtifactName PI = new ArtifactName("raspberry-pi-5");
  private static final Target ALL =
      new Target(Optional.of(PI.value()), Optional.empty(), Optional.empty());

  @TempDir Path folder;
  private final SigningKey key = new SigningKey(SigningKey.generate());
  private final SigningKey another = new SigningKey(SigningKey.generate());
  private final MemoryLink link = new MemoryLink();
  private Database database;
  private DeviceStore devices;
  private EventStore events;
  private DesiredStore desired;
  private Rollouts rollouts;
  private Inbox inbox;
  private Release release;
  private long reports;

  @BeforeEach
  void serve() throws IOException {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    database = Database.open(folder.resolve("sagui.db"));
    devices = new DeviceStore(database);
    events = new EventStore(database);
    desired = new DesiredStore(database);
    rollouts = new Rollouts(devices, desired, new SigningKey(SigningKey.generate()), events, clock);
    Benches benches = new Benches(new BenchStore(database), devices, key, events, clock);
    Probes probes =
        new Probes(
            benches,
            Profiles.read(Optional.empty()),
            new BlobFolder(folder.resolve("blobs"), Long.MAX_VALUE),
            key);
    Inbox.Desks desks = new Inbox.Desks(rollouts, benches, probes);
    inbox = new Inbox(devices, new ReportStore(database, events), desks, events, clock);
    release =
        new Release(
            digest(1),
            MODEL,
            new ArtifactName("int8"),
            1,
            List.of(PI),
            1,
            1,
            List.of(
                new StoredFile("weights.bin", digest(2), 5, digest(3)),
                new StoredFile("model.onnx", digest(4), 5, digest(5)),
                new StoredFile("golden.safetensors", digest(6), 5, digest(7))),
            NOW);
    new ReleaseStore(database).add(release, Ordered.differences(release));
    born(key);
    rollouts.set(release, ALL, FetchTerms.NONE, Duration.ZERO, link);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void whatTheDeviceStatesOfTheReleaseIsAttested() {
    assertShown(Attested.State.MISSING, Optional.empty());
    assertShown(Attested.State.ATTESTED, Optional.of(sign(key, honest())));
    assertShown(Attested.State.ATTESTED, Optional.empty()); // as after a restart of the agent
    assertEquals(1, count(Event.Kind.ATTESTED));
  }

  @Test
  void otherBytesOnTheDiskAreFalse() {
    Attestation rotten =
        new Attestation(
            DEVICE, MODEL, digest(1), digest(9), Duration.ZERO, 1, nonce(), "0.1.0", "1.29.0");
    assertShown(Attested.State.FALSE, Optional.of(sign(key, rotten)));
    assertTrue(shown().judged().reason().contains("its files hash to"), shown().toString());
    assertEquals(1, count(Event.Kind.NOT_ATTESTED));
  }

  @Test
  void anotherKeyOrDeviceOrReleaseIsFalse() {
    assertShown(Attested.State.FALSE, Optional.of(sign(another, honest())));
    assertShown(Attested.State.FALSE, Optional.of("nonsense"));
    DeviceId stranger = new DeviceId("garage");
    Digest subject = release.subject();
    assertShown(
        Attested.State.FALSE,
        Optional.of(
            sign(
                key,
                new Attestation(
                    stranger, MODEL, digest(1), subject, Duration.ZERO, 1, nonce(), "1", "1"))));
    assertShown(
        Attested.State.FALSE,
        Optional.of(
            sign(
                key,
                new Attestation(
                    DEVICE, MODEL, digest(8), subject, Duration.ZERO, 1, nonce(), "1", "1"))));
    assertShown(Attested.State.ATTESTED, Optional.of(sign(key, honest())));
  }

  @Test
  void aStatementAnswersOnlyTheQuestionThatWasAskedLast() {
    String old = sign(key, honest());
    assertShown(Attested.State.ATTESTED, Optional.of(old));
    assertTrue(rollouts.ask(DEVICE, link));
    assertShown(Attested.State.MISSING, Optional.of(old));
    assertShown(Attested.State.ATTESTED, Optional.of(sign(key, honest())));
  }

  @Test
  void aChangedKeyIsToldAndNotBelievedUntilItIsAccepted() {
    assertShown(Attested.State.ATTESTED, Optional.of(sign(key, honest())));
    born(another);
    born(another);
    assertEquals(1, count(Event.Kind.DEVICE_KEY_CHANGED));
    assertEquals(key.trusted(), device().key().orElseThrow());
    assertEquals(another.trusted(), device().offeredKey().orElseThrow());
    assertShown(Attested.State.FALSE, Optional.of(sign(another, honest())));
    assertFalse(devices.accept(DEVICE, key.trusted().id()));
    assertTrue(devices.accept(DEVICE, another.trusted().id()));
    rollouts.ask(DEVICE, link);
    assertShown(Attested.State.ATTESTED, Optional.of(sign(another, honest())));
    assertEquals(Optional.empty(), device().offeredKey());
  }

  @Test
  void theOldKeyComingBackIsNoChange() {
    born(another);
    born(key);
    assertEquals(Optional.empty(), device().offeredKey());
    assertEquals(key.trusted(), device().key().orElseThrow());
  }

  private Attestation honest() {
    return new Attestation(
        DEVICE,
        MODEL,
        release.id(),
        release.subject(),
        Duration.ZERO,
        1,
        nonce(),
        "0.1.0",
        "1.29.0");
  }

  private Nonce nonce() {
    return desired.find(DEVICE).orElseThrow().state().nonce().orElse(Nonce.of(new Random(1)));
  }

  private static String sign(SigningKey with, Attestation attestation) {
    return new String(with.sign(attestation), StandardCharsets.US_ASCII);
  }

  /** Reports that the device serves the release, and holds what is shown then against it. */
  private void assertShown(Attested.State state, Optional<String> envelope) {
    Reported.Running running = new Reported.Running(release.id(), release.variant(), 1, 1);
    Reported.Slot slot =
        new Reported.Slot(
            MODEL,
            SlotState.IDLE,
            Optional.of(running),
            Optional.of(release.id()),
            1,
            1,
            1,
            Reported.Saved.NOTHING,
            Optional.empty(),
            envelope);
    Reported report =
        new Reported(
            DEVICE, "one", ++reports, 1, List.of(slot), Optional.empty(), Optional.empty());
    inbox.take(new Topics.Address(DEVICE, Channel.REPORTED), report.encode(), link);
    assertEquals(state, shown().judged().state(), shown().toString());
  }

  private AttestedSlot.Statement shown() {
    return devices
        .attestedSlots(List.of(DEVICE.value()))
        .get(DEVICE.value())
        .get(0)
        .attested()
        .orElseThrow();
  }

  private Device device() {
    return devices.find(DEVICE.value()).orElseThrow();
  }

  private long count(Event.Kind kind) {
    return events.list(Long.MAX_VALUE, 100).stream().filter(e -> e.kind() == kind).count();
  }

  private void born(SigningKey with) {
    DeviceState.Facts facts = BornFacts.of(PI.value(), Map.of());
    byte[] birth =
        new DeviceState(DEVICE, "one", true, Optional.of(facts), Optional.of(with.trusted()))
            .encode();
    inbox.take(new Topics.Address(DEVICE, Channel.STATE), birth, link);
  }

  private static Digest digest(int of) {
    return Digest.of(new byte[] {(byte) of});
  }
}
