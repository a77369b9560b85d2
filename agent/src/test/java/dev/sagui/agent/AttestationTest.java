/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.fetch.FakeController.Release;
import dev.sagui.agent.store.Artifact;
import dev.sagui.manifest.Attestation;
import dev.sagui.manifest.Nonce;
import dev.sagui.manifest.SigningKey;
import dev.sagui.wire.SlotState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a device states, signed, of what it serves. */
class AttestationTest {
  private static final Nonce FIRST = new Nonce("00112233445566778899aabbccddeeff");
  private static final Nonce SECOND = new Nonce("ffeeddccbbaa99887766554433221100");

  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final Release release = controller.release("vae", 1, Artifact.ofChunks(21, 3));

  @Test
  void statesWhatItCommittedWithTheControllersNonce() throws IOException {
    Device device = new Device(home, controller);
    device.desired(1, Map.of("vae", release), FIRST);
    device.settle();
    Attestation stated = stated(device).orElseThrow();
    assertEquals(Device.ID, stated.device());
    assertEquals(release.digest(), stated.manifest());
    assertEquals(release.manifest().subject(), stated.subject());
    assertEquals(1, stated.sequence());
    assertEquals(FIRST, stated.nonce());
    assertEquals("1.29.0", stated.runtimeVersion());
  }

  @Test
  void answersEachQuestionAnewAndNoneThatWasNotAsked() throws IOException {
    Device device = new Device(home, controller);
    device.desired(1, Map.of("vae", release));
    device.settle();
    assertEquals(Optional.empty(), stated(device));
    device.desired(2, Map.of("vae", release), FIRST);
    assertEquals(FIRST, stated(device).orElseThrow().nonce());
    device.desired(3, Map.of("vae", release), SECOND);
    assertEquals(SECOND, stated(device).orElseThrow().nonce());
  }

  @Test
  void saysNothingOfAReleaseThatIsNotCommitted() throws IOException {
    Device device = new Device(home, controller);
    device.desired(1, Map.of("vae", release), FIRST);
    device.prove();
    assertEquals(SlotState.PROBATION, device.slot("vae").state());
    assertEquals(Optional.empty(), stated(device));
  }

  @Test
  void answersAfterARestartToWhatTheBrokerKept() throws IOException {
    Device before = new Device(home, controller);
    before.desired(1, Map.of("vae", release), FIRST);
    before.settle();
    before.agent.end();
    Device again = new Device(home, controller);
    assertEquals(Optional.empty(), stated(again));
    again.desired(1, Map.of("vae", release), FIRST);
    assertEquals(FIRST, stated(again).orElseThrow().nonce());
  }

  @Test
  void statesWhatLiesThereAndNotWhatShould() throws IOException {
    Device device = new Device(home, controller);
    device.desired(1, Map.of("vae", release), FIRST);
    device.settle();
    Path blob = home.resolve("blobs").resolve(release.file().digest().hex());
    byte[] bytes = Files.readAllBytes(blob);
    bytes[100] ^= 1;
    Files.write(blob, bytes);
    device.desired(2, Map.of("vae", release), SECOND);
    assertNotEquals(release.manifest().subject(), stated(device).orElseThrow().subject());
  }

  @Test
  void theAgentGoesOnWhileFilesAreRead() throws IOException {
    Device device = new Device(home, controller);
    device.desired(1, Map.of("vae", release));
    device.settle();
    device.delayReadings();
    device.desired(2, Map.of("vae", release), FIRST);
    device.pass(Duration.ofSeconds(1));
    assertEquals(SlotState.IDLE, device.slot("vae").state());
    assertEquals(Optional.empty(), stated(device));
    device.readOne();
    device.pass(Duration.ofSeconds(1));
    assertEquals(FIRST, stated(device).orElseThrow().nonce());
    assertEquals(Duration.ofSeconds(2), stated(device).orElseThrow().age());
  }

  @Test
  void whatAnUpdateOfAnotherModelAsksIsAnsweredFromTheLastReading() throws IOException {
    Device device = new Device(home, controller);
    device.desired(1, Map.of("vae", release), FIRST);
    device.settle();
    Release other = controller.release("tts", 1, Artifact.ofChunks(22, 2));
    device.pass(Duration.ofHours(1));
    device.desired(2, Map.of("vae", release, "tts", other), SECOND);
    device.settle();
    assertEquals(2, device.readingsBegun());
    Attestation stated = stated(device).orElseThrow();
    assertEquals(SECOND, stated.nonce());
    assertEquals(Duration.ofHours(1), stated.age().truncatedTo(ChronoUnit.HOURS));
    assertEquals(release.manifest().subject(), stated.subject());
  }

  @Test
  void whatWasWrittenOrIsADayOldIsReadAnew() throws IOException {
    Device device = new Device(home, controller);
    Release other = controller.release("tts", 1, Artifact.ofChunks(22, 2));
    device.desired(1, Map.of("vae", release, "tts", other), FIRST);
    device.settle();
    assertEquals(2, device.readingsBegun());
    Path blob = home.resolve("blobs").resolve(release.file().digest().hex());
    Files.setLastModifiedTime(blob, FileTime.from(Instant.EPOCH));
    device.desired(2, Map.of("vae", release), SECOND);
    assertEquals(Duration.ZERO, stated(device).orElseThrow().age());
    assertEquals(3, device.readingsBegun());
    device.pass(Readings.KEPT);
    device.desired(3, Map.of("vae", release, "tts", other), FIRST);
    assertEquals(Duration.ZERO, stated(device).orElseThrow().age());
  }

  @Test
  void whatCannotBeReadIsTriedAgainEachMinuteAndNotAtEachReport() throws IOException {
    Device device = new Device(home, controller);
    device.desired(1, Map.of("vae", release));
    device.settle();
    device.delayReadings();
    device.desired(2, Map.of("vae", release), FIRST);
    Path named = home.resolve("models/vae").resolve(release.digest().hex()).resolve("model.onnx");
    Path away = home.resolve("away");
    Files.move(named, away);
    device.readOne();
    for (int second = 0; second < 30; second++) {
      device.pass(Duration.ofSeconds(1));
    }
    assertEquals(1, device.readingsBegun());
    assertEquals(Optional.empty(), stated(device));
    Files.move(away, named);
    device.pass(Duration.ofMinutes(1));
    device.readOne();
    device.pass(Duration.ofSeconds(1));
    assertEquals(release.manifest().subject(), stated(device).orElseThrow().subject());
  }

  @Test
  void theKeyIsMadeOnceAndForItsOwnerAlone() throws IOException {
    SigningKey key = DeviceKey.open(home);
    assertEquals(key.trusted(), DeviceKey.open(home).trusted());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("device.key"))));
  }

  private static Optional<Attestation> stated(Device device) {
    Optional<String> envelope = device.slot("vae").attestation();
    envelope.ifPresent(text -> assertTrue(text.length() <= Attestation.MAX_BYTES));
    return envelope.map(
        text ->
            Attestation.verified(text.getBytes(StandardCharsets.US_ASCII), Device.KEY.trusted()));
  }
}
