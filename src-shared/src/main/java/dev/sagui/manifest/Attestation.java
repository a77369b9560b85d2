/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a device says that it serves, signed by the device: an in-toto Statement whose subject is
 * the model's files as they lie on its disk. They were read {@code age} before it was signed, and
 * by the file system's word not written since.
 *
 * @param manifest digest of the release's signed manifest
 * @param subject as {@link Manifest#subject()}, of the bytes that the device found
 * @param age of the reading, in whole seconds
 * @param sequence of the release
 * @param nonce of the desired state that asked
 */
public record Attestation(
    DeviceId device,
    ArtifactName model,
    Digest manifest,
    Digest subject,
    Duration age,
    long sequence,
    Nonce nonce,
    String agentVersion,
    String runtimeVersion) {
  /** Largest signed attestation that anyone reads. */
  public static final int MAX_BYTES = 4 * 1024;

  private static final String PREDICATE = "https://sagui.dev/attestation/v1";

  public Attestation {
    age = Duration.ofSeconds(age.toSeconds());
  }

  byte[] payload() {
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put("device", device.value());
    predicate.put("manifest", manifest.hex());
    predicate.put("subject_age_seconds", age.toSeconds());
    predicate.put("sequence", sequence);
    predicate.put("nonce", nonce.hex());
    predicate.put("agent_version", agentVersion);
    predicate.put("runtime_version", runtimeVersion);
    return Json.write(Manifest.statement(model, subject, PREDICATE, predicate));
  }

  /**
   * The attestation in {@code envelope}, if {@code device} signed it.
   *
   * @throws RejectedException PAYLOAD_TOO_LARGE, NOT_JSON, SIGNATURE_INVALID or MALFORMED_PAYLOAD
   */
  public static Attestation verified(byte[] envelope, TrustedKey device) {
    return parse(Envelope.verified(envelope, Manifest.PAYLOAD_TYPE, MAX_BYTES, List.of(device)));
  }

  private static Attestation parse(byte[] payload) {
    Fields statement = Fields.parse(payload);
    List<Fields> subjects = statement.objects("subject", each -> each);
    if (!PREDICATE.equals(statement.string("predicateType")) || subjects.size() != 1) {
      throw new RejectedException(
          FailureCode.MALFORMED_PAYLOAD,
          "expected one subject and predicateType '%s', found %d and '%s'"
              .formatted(PREDICATE, subjects.size(), statement.string("predicateType")));
    }
    Fields f = statement.object("predicate");
    return new Attestation(
        f.typed("device", DeviceId::new),
        subjects.get(0).typed("name", ArtifactName::new),
        f.typed("manifest", Digest::new),
        subjects.get(0).object("digest").typed("sha256", Digest::new),
        Duration.ofSeconds(f.integer("subject_age_seconds")),
        f.integer("sequence"),
        f.typed("nonce", Nonce::new),
        f.string("agent_version"),
        f.string("runtime_version"));
  }
}
