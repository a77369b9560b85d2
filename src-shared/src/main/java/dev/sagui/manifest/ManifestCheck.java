/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.Budget;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.util.List;

/**
 * Decides whether to believe signed bytes; pure. Nothing of a payload is parsed before its
 * signature holds.
 */
public final class ManifestCheck {
  private final List<TrustedKey> keys;

  public ManifestCheck(List<TrustedKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * The manifest in {@code envelope}, if this device may install it.
   *
   * @param newest highest sequence of this model that the device has accepted; 0 if none
   * @throws RejectedException PAYLOAD_TOO_LARGE, SIGNATURE_INVALID, MALFORMED_PAYLOAD,
   *     WRONG_PROFILE, SEQUENCE_TOO_OLD or OVER_FLASH_BUDGET
   */
  public Manifest manifest(byte[] envelope, ArtifactName profile, long newest, Budget budget) {
    // 1. size and signature, 2. form, 3. profile, 4. order, 5. budget
    Manifest manifest =
        Manifest.parse(
            Envelope.verified(envelope, Manifest.PAYLOAD_TYPE, Manifest.MAX_BYTES, keys));
    if (!manifest.profiles().contains(profile)) {
      throw new RejectedException(
          FailureCode.WRONG_PROFILE,
          "release of '%s' is for %s, this device is a '%s'"
              .formatted(manifest.model(), manifest.profiles(), profile));
    }
    if (manifest.sequence() < newest) {
      throw new RejectedException(
          FailureCode.SEQUENCE_TOO_OLD,
          "release %d of '%s' is older than release %d, which this device has accepted; release it anew to go back"
              .formatted(manifest.sequence(), manifest.model(), newest));
    }
    if (manifest.flashBytes() > budget.flashBytes()) {
      throw new RejectedException(
          FailureCode.OVER_FLASH_BUDGET,
          "release of '%s' needs %d bytes of flash, the budget is %d"
              .formatted(manifest.model(), manifest.flashBytes(), budget.flashBytes()));
    }
    return manifest;
  }

  /**
   * The desired state in {@code envelope}, if it is for this device and not older than what it
   * knows.
   *
   * @throws RejectedException PAYLOAD_TOO_LARGE, SIGNATURE_INVALID, MALFORMED_PAYLOAD, WRONG_DEVICE
   *     or SEQUENCE_TOO_OLD
   */
  public DesiredState desired(byte[] envelope, DeviceId self, long newest) {
    DesiredState desired =
        DesiredState.parse(
            Envelope.verified(envelope, DesiredState.PAYLOAD_TYPE, DesiredState.MAX_BYTES, keys));
    require(desired.device(), self, "desired state");
    if (desired.sequence() < newest) {
      throw new RejectedException(
          FailureCode.SEQUENCE_TOO_OLD,
          "desired state %d is older than %d, which this device has accepted"
              .formatted(desired.sequence(), newest));
    }
    return desired;
  }

  /**
   * The bench job in {@code envelope}, if it is for this device and newer than what it took.
   *
   * @param newest highest sequence of a job that the device has taken; 0 if none
   * @throws RejectedException PAYLOAD_TOO_LARGE, SIGNATURE_INVALID, MALFORMED_PAYLOAD, WRONG_DEVICE
   *     or SEQUENCE_TOO_OLD
   */
  public BenchJob bench(byte[] envelope, DeviceId self, long newest) {
    BenchJob job =
        BenchJob.parse(
            Envelope.verified(envelope, BenchJob.PAYLOAD_TYPE, BenchJob.MAX_BYTES, keys));
    require(job.device(), self, "bench job");
    if (job.sequence() <= newest) {
      throw new RejectedException(
          FailureCode.SEQUENCE_TOO_OLD,
          "bench job %d is not newer than %d, which this device has taken"
              .formatted(job.sequence(), newest));
    }
    return job;
  }

  private static void require(DeviceId meant, DeviceId self, String what) {
    if (!meant.equals(self)) {
      throw new RejectedException(
          FailureCode.WRONG_DEVICE,
          "%s is signed for '%s', this device is '%s'".formatted(what, meant, self));
    }
  }
}
