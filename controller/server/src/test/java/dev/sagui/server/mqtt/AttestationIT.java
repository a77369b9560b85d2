/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.device.Budget;
import dev.sagui.device.DeviceId;
import dev.sagui.json.Fields;
import dev.sagui.manifest.Attestation;
import dev.sagui.manifest.DesiredState;
import dev.sagui.manifest.Manifest;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.manifest.SigningKey;
import dev.sagui.manifest.TrustedKey;
import dev.sagui.server.BornFacts;
import dev.sagui.server.PackagedController;
import dev.sagui.wire.Ack;
import dev.sagui.wire.Channel;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.Reported;
import dev.sagui.wire.SlotState;
import dev.sagui.wire.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What devices state of what they serve, through the controller as it ships. */
class AttestationIT {
  private static final DeviceId DEVICE = new DeviceId("kitchen");
  private static final ArtifactName MODEL = new ArtifactName("decoder");
  private static final ArtifactName PROFILE = new ArtifactName("raspberry-pi-4");
  private static final Budget BUDGET = new Budget(1 << 30, 1 << 30, 1_000);

  @TempDir Path home;
  private final SigningKey key = new SigningKey(SigningKey.generate());
  private final SigningKey another = new SigningKey(SigningKey.generate());
  private PackagedController controller;
  private ScriptedDevice device;
  private ManifestCheck check;
  private long reports;
  private long desiredSequence;

  @Test
  void aStatementCountsWhenTheDevicesOwnKeySignedItForTheNewestNonce() throws Exception {
    try (PackagedController packaged = PackagedController.start(home)) {
      controller = packaged;
      Fields ready = packaged.awaitReady();
      TrustedKey signer = TrustedKey.parsePem(Files.readString(home.resolve("trust.pub")));
      check = new ManifestCheck(List.of(signer));
      URI broker = URI.create(ready.string("mqtt_url"));
      try (ScriptedDevice scripted =
          ScriptedDevice.connect(DEVICE, new Topics("sagui", "default"), broker)) {
        device = scripted;
        tell();
      }
    }
  }

  private void tell() throws Exception {
    born(key);
    String release = release();
    post("/api/v1/desired-states", "{\"release\":\"%s\",\"device\":\"kitchen\"}", release);
    DesiredState first = desired();
    Manifest manifest = manifest(release);
    assertEquals("MISSING", reported(manifest, release, Optional.empty()));
    assertEquals("FALSE", stated(another, manifest.subject(), manifest, first));
    assertEquals("FALSE", stated(key, Digest.of(new byte[1]), manifest, first));
    assertEquals("ATTESTED", stated(key, manifest.subject(), manifest, first));

    post("/api/v1/devices/kitchen/attestation", "");
    DesiredState second = desired();
    assertNotEquals(first.nonce(), second.nonce());
    assertEquals(first.slots(), second.slots());
    assertEquals("MISSING", stated(key, manifest.subject(), manifest, first));
    assertEquals("ATTESTED", stated(key, manifest.subject(), manifest, second));

    born(another); // set up anew, or somebody else
    assertEquals("FALSE", stated(another, manifest.subject(), manifest, second));
    Fields keys = controller.get("/api/v1/devices/kitchen").object("key");
    assertEquals(key.trusted().id(), keys.string("id"));
    assertEquals(another.trusted().id(), keys.string("offered_id"));
    post("/api/v1/devices/kitchen/key", "{\"accept\":\"%s\"}", keys.string("offered_id"));
    DesiredState third = desired();
    assertEquals("FALSE", stated(key, manifest.subject(), manifest, third));
    assertEquals("ATTESTED", stated(another, manifest.subject(), manifest, third));
  }

  private void born(SigningKey with) throws Exception {
    DeviceState.Facts facts = BornFacts.of(PROFILE.value(), Map.of());
    device.send(
        Channel.STATE,
        new DeviceState(DEVICE, "one", true, Optional.of(facts), Optional.of(with.trusted()))
            .encode());
  }

  /** Makes a release of the model as it came; its id. */
  private String release() throws Exception {
    controller.importModel(MODEL.value(), BodyPublishers.ofFile(PackagedController.DECODER));
    String wish = "{\"profiles\":[\"%s\"],\"minutes\":0.0001}";
    String path = "/api/v1/fits/" + post("/api/v1/models/decoder/fits", wish, PROFILE).string("id");
    Fields fit = controller.get(path);
    for (int i = 0; i < 600 && fit.string("state").equals("running"); i++) {
      Thread.sleep(50);
      fit = controller.get(path);
    }
    String variant = fit.objects("choices", choice -> choice.string("variant")).get(0);
    return post(
            "/api/v1/releases",
            "{\"model\":\"decoder\",\"variant\":\"%s\",\"profiles\":[\"%s\"]}",
            variant,
            PROFILE)
        .string("id");
  }

  private Fields post(String path, String json, Object... arguments) throws Exception {
    return Fields.parse(controller.postJson(path, json.formatted(arguments)).body());
  }

  private DesiredState desired() throws InterruptedException {
    DesiredState next = check.desired(device.nextDesired(), DEVICE, 1);
    while (next.sequence() <= desiredSequence) { // sent again at a birth
      next = check.desired(device.nextDesired(), DEVICE, 1);
    }
    desiredSequence = next.sequence();
    return next;
  }

  private Manifest manifest(String release) throws Exception {
    URI blob = controller.url().resolve("/api/v1/blobs/" + release);
    byte[] signed =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(blob).build(), BodyHandlers.ofByteArray())
            .body();
    return check.manifest(signed, PROFILE, 0, BUDGET);
  }

  /** What the controller makes of a statement. */
  private String stated(SigningKey with, Digest subject, Manifest manifest, DesiredState asked)
      throws Exception {
    Digest release = asked.slots().get(0).manifest();
    Attestation attestation =
        new Attestation(
            DEVICE,
            MODEL,
            release,
            subject,
            Duration.ZERO,
            manifest.sequence(),
            asked.nonce().orElseThrow(),
            "0.1.0",
            "1.29.0");
    String envelope = new String(with.sign(attestation), StandardCharsets.US_ASCII);
    return reported(manifest, release.hex(), Optional.of(envelope));
  }

  private String reported(Manifest manifest, String release, Optional<String> envelope)
      throws Exception {
    Digest id = new Digest(release);
    Reported.Running running =
        new Reported.Running(id, manifest.variant(), manifest.sequence(), manifest.flashBytes());
    Reported.Slot slot =
        new Reported.Slot(
            MODEL,
            SlotState.IDLE,
            Optional.of(running),
            Optional.of(id),
            1,
            1,
            1,
            Reported.Saved.NOTHING,
            Optional.empty(),
            envelope);
    Reported report =
        new Reported(
            DEVICE, "one", ++reports, 1, List.of(slot), Optional.empty(), Optional.empty());
    device.send(Channel.REPORTED, report.encode());
    assertEquals(new Ack(Channel.REPORTED, "one", reports), Ack.parse(device.nextAck()));
    return controller
        .get("/api/v1/devices/kitchen")
        .objects("models", model -> model.object("attestation").string("state"))
        .get(0);
  }
}
