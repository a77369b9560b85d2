/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All models that one device shall serve, signed for that device.
 *
 * @param sequence grows with every desired state of this device
 * @param nonce what the device shall attest with; empty from controllers that do not ask
 */
public record DesiredState(
    DeviceId device, long sequence, List<Slot> slots, Optional<Nonce> nonce) {
  /** Largest signed desired state that anyone reads. */
  public static final int MAX_BYTES = 64 * 1024;

  static final String PAYLOAD_TYPE = "application/vnd.sagui.desired-state+json";

  /**
   * One model that the device shall serve.
   *
   * @param manifest digest of the signed manifest, which is pulled like any artifact
   * @param manifestBytes size of the signed manifest
   * @param terms on which it and what it names may be fetched
   */
  public record Slot(ArtifactName model, Digest manifest, long manifestBytes, FetchTerms terms) {}

  public DesiredState {
    slots = List.copyOf(slots);
  }

  byte[] payload() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", device.value());
    map.put("sequence", sequence);
    map.put("models", slots.stream().map(DesiredState::json).toList());
    nonce.ifPresent(question -> map.put("nonce", question.hex()));
    return Json.write(map);
  }

  private static Map<String, Object> json(Slot slot) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model", slot.model.value());
    map.put("manifest", slot.manifest.hex());
    map.put("manifest_bytes", slot.manifestBytes);
    map.putAll(slot.terms.json());
    return map;
  }

  static DesiredState parse(byte[] payload) {
    Fields f = Fields.parse(payload);
    return new DesiredState(
        f.typed("device", DeviceId::new),
        f.integer("sequence"),
        f.objects(
            "models",
            slot ->
                new Slot(
                    slot.typed("model", ArtifactName::new),
                    slot.typed("manifest", Digest::new),
                    slot.integer("manifest_bytes"),
                    terms(slot))),
        f.has("nonce") ? Optional.of(f.typed("nonce", Nonce::new)) : Optional.empty());
  }

  private static FetchTerms terms(Fields slot) {
    try {
      return FetchTerms.parse(slot);
    } catch (IllegalArgumentException e) {
      throw new RejectedException(FailureCode.MALFORMED_PAYLOAD, String.valueOf(e.getMessage()), e);
    }
  }
}
