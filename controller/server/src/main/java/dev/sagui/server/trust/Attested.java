/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.trust;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.Digest;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.Attestation;
import dev.sagui.manifest.Nonce;
import dev.sagui.manifest.TrustedKey;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a device's statement of what it serves is worth.
 *
 * @param reason empty when it holds
 */
public record Attested(State state, String reason) {
  /** Whether the statement holds. */
  public enum State {
    /** The device's own key signed that the release's files lie there, for the newest nonce. */
    ATTESTED,
    /** There is no statement for what it serves now and what it was asked last. */
    MISSING,
    /** There is a statement, and it does not hold. */
    FALSE
  }

  private static final Attested HOLDS = new Attested(State.ATTESTED, "");

  /**
   * What must be stated.
   *
   * @param subject of the release's files; empty when the controller does not know the release
   * @param nonce that the device was asked with last
   */
  public record Expected(
      DeviceId device,
      ArtifactName model,
      Digest manifest,
      Optional<Digest> subject,
      Optional<Nonce> nonce) {}

  public static Attested missing(String reason) {
    return new Attested(State.MISSING, reason);
  }

  private static Attested wrong(String reason) {
    return new Attested(State.FALSE, reason);
  }

  /**
   * Judges an envelope.
   *
   * @param pinned the key that the device showed first, or that an operator accepted
   */
  public static Attested of(String envelope, Optional<TrustedKey> pinned, Expected expected) {
    if (pinned.isEmpty()) {
      return missing("no key of the device is known");
    }
    Attestation stated;
    try {
      stated = Attestation.verified(envelope.getBytes(StandardCharsets.UTF_8), pinned.get());
    } catch (RejectedException e) {
      return wrong(
          "not signed by the device's key %s: %s"
              .formatted(pinned.get().abbreviated(), String.valueOf(e.getMessage())));
    }
    return compare(stated, expected);
  }

  private static Attested compare(Attestation stated, Expected expected) {
    if (!stated.device().equals(expected.device) || !stated.model().equals(expected.model)) {
      return wrong("it speaks of model '%s' on '%s'".formatted(stated.model(), stated.device()));
    }
    if (expected.nonce.filter(stated.nonce()::equals).isEmpty()) {
      return missing("the statement answers an older question");
    }
    if (!stated.manifest().equals(expected.manifest)) {
      return wrong(
          "it states release %s, the device reports %s"
              .formatted(stated.manifest().abbreviated(), expected.manifest.abbreviated()));
    }
    if (expected.subject.isEmpty()) {
      return wrong(
          "this controller has not signed release %s".formatted(stated.manifest().abbreviated()));
    }
    if (!stated.subject().equals(expected.subject.get())) {
      return wrong(
          "its files hash to %s, the release's to %s"
              .formatted(stated.subject().abbreviated(), expected.subject.get().abbreviated()));
    }
    return HOLDS;
  }
}
