/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttestationTest {
  private static final SigningKey KEY = new SigningKey(SigningKey.generate());
  private static final Attestation STATEMENT =
      new Attestation(
          new DeviceId("kitchen"),
          new ArtifactName("vae"),
          Digest.of(new byte[] {1}),
          Digest.of(new byte[] {2}),
          Duration.ofHours(2),
          7,
          Nonce.of(new Random(3)),
          "0.1.0",
          "1.29.0");

  @Test
  void survivesItsSignedForm() {
    byte[] envelope = KEY.sign(STATEMENT);
    assertTrue(envelope.length < 1_500, envelope.length + " bytes");
    assertEquals(STATEMENT, Attestation.verified(envelope, KEY.trusted()));
  }

  @Test
  void anotherDevicesSignatureIsNone() {
    byte[] envelope = new SigningKey(SigningKey.generate()).sign(STATEMENT);
    assertRefused(FailureCode.SIGNATURE_INVALID, envelope);
  }

  @Test
  void theKeysOwnerCannotPassAReleaseOffAsAStatement() {
    FileEntry file = new FileEntry("model.onnx", STATEMENT.subject(), 5, STATEMENT.manifest());
    Manifest manifest =
        new Manifest(
            STATEMENT.model(),
            STATEMENT.model(),
            1,
            Instant.EPOCH,
            List.of(),
            List.of(file),
            "model.onnx",
            List.of(),
            List.of(),
            file,
            0,
            new Manifest.Limits(1, 1),
            Map.of());
    assertRefused(FailureCode.MALFORMED_PAYLOAD, KEY.sign(manifest));
  }

  @Test
  void nothingOverTheLimitIsParsed() {
    assertRefused(FailureCode.PAYLOAD_TOO_LARGE, new byte[Attestation.MAX_BYTES + 1]);
  }

  @Test
  void noFlippedBitGoesUnseen() {
    byte[] envelope = KEY.sign(STATEMENT);
    Random random = new Random(11);
    for (int i = 0; i < envelope.length; i++) {
      byte[] flipped = envelope.clone();
      flipped[i] ^= (byte) (1 << random.nextInt(8));
      try {
        assertEquals(STATEMENT, Attestation.verified(flipped, KEY.trusted()));
      } catch (RejectedException e) {
        // in most places
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whateverComesIsAnsweredWithAReason(long seed) {
    Random random = new Random(seed);
    byte[] envelope = KEY.sign(STATEMENT);
    for (int round = 0; round < 400; round++) {
      byte[] mangled = Arrays.copyOf(envelope, random.nextInt(envelope.length + 40));
      for (int cuts = random.nextInt(20); cuts > 0 && mangled.length > 0; cuts--) {
        mangled[random.nextInt(mangled.length)] = (byte) random.nextInt();
      }
      try {
        assertEquals(STATEMENT, Attestation.verified(mangled, KEY.trusted()));
      } catch (RejectedException e) {
        assertTrue(e.getMessage() != null);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"predicateType\":\"https://sagui.dev/attestation/v1\"}",
        "{\"predicateType\":\"https://sagui.dev/attestation/v1\",\"subject\":[{}],\"predicate\":{}}",
        "{\"predicateType\":\"https://sagui.dev/attestation/v1\",\"subject\":[{},{}],\"predicate\":{}}",
        "{\"predicateType\":7,\"subject\":{}}"
      })
  void aSignedStatementOfAnotherFormIsRefused(String payload) {
    byte[] envelope = KEY.sign(Manifest.PAYLOAD_TYPE, payload.getBytes(StandardCharsets.UTF_8));
    assertRefused(FailureCode.MALFORMED_PAYLOAD, envelope);
  }

  @Test
  void aKeySurvivesItsFileAndItsWire() {
    SigningKey read = SigningKey.parsePem(KEY.pem());
    assertEquals(KEY.trusted(), read.trusted());
    assertEquals(STATEMENT, Attestation.verified(read.sign(STATEMENT), KEY.trusted()));
    assertEquals(KEY.trusted(), TrustedKey.parseBase64(KEY.trusted().base64()));
    assertThrows(RejectedException.class, () -> SigningKey.parsePem(KEY.trusted().pem()));
    assertThrows(RejectedException.class, () -> SigningKey.parsePem("nonsense"));
    assertThrows(IllegalArgumentException.class, () -> TrustedKey.parseBase64("AAAA"));
  }

  private static void assertRefused(FailureCode code, byte[] envelope) {
    RejectedException e =
        assertThrows(RejectedException.class, () -> Attestation.verified(envelope, KEY.trusted()));
    assertEquals(code, e.code());
  }
}
