/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.BlobAddress;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.Budget;
import dev.sagui.device.DeviceId;
import dev.sagui.json.JsonMangler;
import dev.sagui.json.Reading;
import dev.sagui.tensor.DataType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds even for who has the key: a signed document of any content is refused by name. */
class SignedFuzzTest {
  private static final int ROUNDS = 1_500;
  private static final long MOST_BYTES = 8 << 20;
  private static final SigningKey KEY = new SigningKey(SigningKey.generate());
  private static final ManifestCheck CHECK = new ManifestCheck(List.of(KEY.trusted()));
  private static final ArtifactName NAME = new ArtifactName("vae");
  private static final DeviceId SELF = new DeviceId("kitchen");
  private static final Digest DIGEST = Digest.of(new byte[] {1});

  private static final FetchTerms TERMS =
      new FetchTerms(
          OptionalLong.of(7), List.of(new BlobAddress("https://[::1]:8443/b/{digest}?sig=%2F")));

  /** Documents, read in envelopes that hold. */
  static Stream<Reading> documents() {
    Nonce nonce = Nonce.of(new Random(1));
    DesiredState.Slot slot = new DesiredState.Slot(NAME, DIGEST, 900, TERMS);
    BenchJob.Part part = new BenchJob.Part(DIGEST, 900);
    Budget budget = new Budget(1 << 30, 1 << 30, 100);
    Attestation attestation =
        new Attestation(SELF, NAME, DIGEST, DIGEST, Duration.ZERO, 1, nonce, "1", "1");
    return Stream.of(
        new Reading(
            "manifest",
            manifest().payload(),
            bytes -> CHECK.manifest(KEY.sign(Manifest.PAYLOAD_TYPE, bytes), NAME, 0, budget)),
        new Reading(
            "desired state",
            new DesiredState(SELF, 3, List.of(slot), Optional.of(nonce)).payload(),
            bytes -> CHECK.desired(KEY.sign(DesiredState.PAYLOAD_TYPE, bytes), SELF, 1)),
        new Reading(
            "bench job",
            new BenchJob(SELF, "b1", 3, part, part, 5, 10).payload(),
            bytes -> CHECK.bench(KEY.sign(BenchJob.PAYLOAD_TYPE, bytes), SELF, 1)),
        new Reading(
            "attestation",
            attestation.payload(),
            bytes -> Attestation.verified(KEY.sign(Manifest.PAYLOAD_TYPE, bytes), KEY.trusted())));
  }

  private static Manifest manifest() {
    TensorInfo tensor = new TensorInfo("z", DataType.FP32, List.of(-1L, 32L));
    FileEntry file = new FileEntry("model.onnx", DIGEST, 1_000, DIGEST);
    return new Manifest(
        NAME,
        NAME,
        3,
        Instant.EPOCH,
        List.of(NAME),
        List.of(file),
        "model.onnx",
        List.of(tensor),
        List.of(tensor),
        file,
        1e-3,
        new Manifest.Limits(20, 1 << 20),
        Map.of("recipe", "store int8"));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void whateverIsSignedIsReadOrRefusedByName(Reading document) {
    JsonMangler mangler = new JsonMangler(23);
    for (int round = 0; round < ROUNDS; round++) {
      document.read(mangler.mangled(document.good()), MOST_BYTES);
    }
  }

  static Stream<Reading> envelopes() {
    byte[] desired = KEY.sign(new DesiredState(SELF, 3, List.of(), Optional.empty()));
    byte[] manifest = KEY.sign(manifest());
    Budget budget = new Budget(1 << 30, 1 << 30, 100);
    return Stream.of(
        new Reading("desired state", desired, bytes -> CHECK.desired(bytes, SELF, 1)),
        new Reading("manifest", manifest, bytes -> CHECK.manifest(bytes, NAME, 0, budget)),
        new Reading("bench job", manifest, bytes -> CHECK.bench(bytes, SELF, 1)));
  }

  @ParameterizedTest
  @MethodSource("envelopes")
  void whateverStandsForAnEnvelopeIsRefusedByName(Reading envelope) {
    JsonMangler mangler = new JsonMangler(29);
    for (int round = 0; round < ROUNDS; round++) {
      envelope.read(mangler.mangled(envelope.good()), MOST_BYTES);
    }
  }
}
