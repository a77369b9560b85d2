/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.BlobAddress;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.Budget;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.DataType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestCheckTest {
  private static final ArtifactName PI5 = new ArtifactName("raspberry-pi-5");
  private static final Budget BUDGET = new Budget(10_000, 1 << 30, 100);
  private static final DeviceId SELF = new DeviceId("kitchen");
  private final SigningKey key = new SigningKey(SigningKey.generate());
  private final ManifestCheck check = new ManifestCheck(List.of(key.trusted()));

  @Test
  void acceptsWhatATrustedKeySigned() {
    Manifest manifest = manifest(3);
    assertEquals(manifest, check.manifest(key.sign(manifest), PI5, 3, BUDGET));
  }

  @Test
  void rejectsAnotherKeysSignature() {
    SigningKey other = new SigningKey(SigningKey.generate());
    assertCode(
        FailureCode.SIGNATURE_INVALID,
        () -> check.manifest(other.sign(manifest(1)), PI5, 0, BUDGET));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void rejectsAnySingleFlippedBitOfThePayload(long seed) {
    Envelope signed = Envelope.parse(key.sign(manifest(1)));
    Random random = new Random(seed);
    signed.payload()[random.nextInt(signed.payload().length)] ^= (byte) (1 << random.nextInt(8));
    assertCode(FailureCode.SIGNATURE_INVALID, () -> check.manifest(signed.json(), PI5, 0, BUDGET));
  }

  @Test
  void rejectsADesiredStateOfferedAsAManifest() {
    byte[] desired = key.sign(new DesiredState(SELF, 1, List.of(), Optional.empty()));
    assertCode(FailureCode.SIGNATURE_INVALID, () -> check.manifest(desired, PI5, 0, BUDGET));
  }

  @Test
  void believesABenchJobOfATrustedKeyOnce() {
    BenchJob.Part part = new BenchJob.Part(Digest.of(new byte[] {1}), 900);
    BenchJob job = new BenchJob(SELF, "bench-1", 4, part, part, 5, 10);
    assertEquals(job, check.bench(key.sign(job), SELF, 3));
    assertCode(FailureCode.SEQUENCE_TOO_OLD, () -> check.bench(key.sign(job), SELF, 4));
    assertCode(
        FailureCode.WRONG_DEVICE, () -> check.bench(key.sign(job), new DeviceId("attic"), 3));
    SigningKey other = new SigningKey(SigningKey.generate());
    assertCode(FailureCode.SIGNATURE_INVALID, () -> check.bench(other.sign(job), SELF, 3));
    byte[] desired = key.sign(new DesiredState(SELF, 9, List.of(), Optional.empty()));
    assertCode(FailureCode.SIGNATURE_INVALID, () -> check.bench(desired, SELF, 3));
  }

  @Test
  void rejectsAnUnsignedEnvelopeBeforeReadingItsPayload() {
    byte[] envelope =
        ("{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\""
                + Base64.getEncoder()
                    .encodeToString("no json at all".getBytes(StandardCharsets.UTF_8))
                + "\",\"signatures\":[]}")
            .getBytes(StandardCharsets.UTF_8);
    assertCode(FailureCode.SIGNATURE_INVALID, () -> check.manifest(envelope, PI5, 0, BUDGET));
  }

  @Test
  void rejectsManifestOlderThanAccepted() {
    assertCode(
        FailureCode.SEQUENCE_TOO_OLD, () -> check.manifest(key.sign(manifest(2)), PI5, 3, BUDGET));
  }

  @Test
  void rejectsManifestForAnotherProfile() {
    assertCode(
        FailureCode.WRONG_PROFILE,
        () -> check.manifest(key.sign(manifest(1)), new ArtifactName("raspberry-pi-4"), 0, BUDGET));
  }

  @Test
  void rejectsManifestOverTheFlashBudget() {
    Budget small = new Budget(1_099, 1 << 30, 100);
    assertCode(
        FailureCode.OVER_FLASH_BUDGET, () -> check.manifest(key.sign(manifest(1)), PI5, 0, small));
    assertEquals(
        1, check.manifest(key.sign(manifest(1)), PI5, 0, new Budget(1_100, 1, 1)).sequence());
  }

  @Test
  void rejectsMoreBytesThanTheLimit() {
    assertCode(
        FailureCode.PAYLOAD_TOO_LARGE,
        () -> check.manifest(new byte[Manifest.MAX_BYTES + 1], PI5, 0, BUDGET));
  }

  @Test
  void acceptsADesiredStateForThisDevice() {
    DesiredState desired =
        new DesiredState(
            SELF,
            4,
            List.of(
                new DesiredState.Slot(
                    new ArtifactName("vae"),
                    Digest.of(new byte[] {1}),
                    1_234,
                    new FetchTerms(
                        OptionalLong.of(5),
                        List.of(new BlobAddress("http://10.0.0.7:8100/chunks/{digest}"))))),
            Optional.of(new Nonce("00112233445566778899aabbccddeeff")));
    assertEquals(desired, check.desired(key.sign(desired), SELF, 4));
  }

  @Test
  void rejectsADesiredStateForAnotherDevice() {
    byte[] signed =
        key.sign(new DesiredState(new DeviceId("garage"), 1, List.of(), Optional.empty()));
    assertCode(FailureCode.WRONG_DEVICE, () -> check.desired(signed, SELF, 0));
  }

  @Test
  void rejectsAnOlderDesiredState() {
    byte[] signed = key.sign(new DesiredState(SELF, 1, List.of(), Optional.empty()));
    assertCode(FailureCode.SEQUENCE_TOO_OLD, () -> check.desired(signed, SELF, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../escape", "a/b", "", ".hidden"})
  void refusesFileNamesThatLeaveTheFolder(String name) {
    Digest any = Digest.of(new byte[] {1});
    assertCode(FailureCode.MALFORMED_PAYLOAD, () -> new FileEntry(name, any, 1, any));
  }

  @Test
  void aKeySurvivesItsPemForm() {
    assertEquals(key.trusted(), TrustedKey.parsePem(key.trusted().pem()));
    assertCode(FailureCode.BAD_CONFIG, () -> TrustedKey.parsePem("nonsense"));
  }

  private static void assertCode(FailureCode code, Executable call) {
    assertEquals(code, assertThrows(RejectedException.class, call).code());
  }

  private static Manifest manifest(long sequence) {
    Digest any = Digest.of(new byte[] {1});
    TensorInfo tensor = new TensorInfo("z", DataType.FP32, List.of(-1L, 32L));
    return new Manifest(
        new ArtifactName("vae"),
        new ArtifactName("int8"),
        sequence,
        Instant.parse("2026-01-02T03:04:05Z"),
        List.of(PI5),
        List.of(new FileEntry("model.onnx", any, 1_000, any)),
        "model.onnx",
        List.of(tensor),
        List.of(tensor),
        new FileEntry("golden.safetensors", any, 100, any),
        1e-3,
        new Manifest.Limits(20, 1 << 20),
        Map.of("recipe", "store int8"));
  }
}
