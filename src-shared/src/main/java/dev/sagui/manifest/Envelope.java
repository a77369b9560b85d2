/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A DSSE envelope: payload, its type, and signatures over both.
 *
 * <p>Source: github.com/secure-systems-lab/dsse, protocol v1.0.2.
 */
record Envelope(String payloadType, byte[] payload, List<Signed> signatures) {
  record Signed(String keyId, byte[] signature) {}

  /** What is signed: "DSSEv1" SP len(type) SP type SP len(payload) SP payload. */
  static byte[] preAuthenticationEncoding(String payloadType, byte[] payload) {
    byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        ("DSSEv1 " + type.length + " " + payloadType + " " + payload.length + " ")
            .getBytes(StandardCharsets.UTF_8);
    byte[] all = java.util.Arrays.copyOf(head, head.length + payload.length);
    System.arraycopy(payload, 0, all, head.length, payload.length);
    return all;
  }

  byte[] json() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("payload", Base64.getEncoder().encodeToString(payload));
    map.put("payloadType", payloadType);
    map.put("signatures", signatures.stream().map(Envelope::json).toList());
    return Json.write(map);
  }

  private static Map<String, Object> json(Signed signed) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("keyid", signed.keyId);
    map.put("sig", Base64.getEncoder().encodeToString(signed.signature));
    return map;
  }

  static Envelope parse(byte[] json) {
    Fields f = Fields.parse(json);
    return new Envelope(
        f.string("payloadType"),
        base64(f.string("payload")),
        f.objects("signatures", s -> new Signed(s.string("keyid"), base64(s.string("sig")))));
  }

  /**
   * The payload of an envelope that one of {@code keys} has signed; nothing of it is parsed before.
   *
   * @throws RejectedException PAYLOAD_TOO_LARGE, NOT_JSON, MALFORMED_PAYLOAD or SIGNATURE_INVALID
   */
  static byte[] verified(byte[] bytes, String payloadType, int maxBytes, List<TrustedKey> keys) {
    if (bytes.length > maxBytes) {
      throw new RejectedException(
          FailureCode.PAYLOAD_TOO_LARGE,
          "signed payload has %d bytes, at most %d are read".formatted(bytes.length, maxBytes));
    }
    Envelope envelope = parse(bytes);
    byte[] message = preAuthenticationEncoding(envelope.payloadType, envelope.payload);
    boolean trusted =
        envelope.payloadType.equals(payloadType)
            && envelope.signatures.stream().anyMatch(signed -> verifies(keys, signed, message));
    if (!trusted) {
      throw new RejectedException(
          FailureCode.SIGNATURE_INVALID,
          "no signature of a trusted key over a payload of type '%s'; trusted are %s"
              .formatted(payloadType, keys.stream().map(TrustedKey::abbreviated).toList()));
    }
    return envelope.payload;
  }

  private static boolean verifies(List<TrustedKey> keys, Signed signed, byte[] message) {
    return keys.stream()
        .anyMatch(key -> key.id().equals(signed.keyId) && key.verifies(message, signed.signature));
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD, "envelope: not base64, " + e.getMessage(), e);
    }
  }
}
