/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.manifest;

import dev.sagui.failure.RejectedException;
import java.util.List;

/** What a device measured, as a DSSE envelope that the device's own key signs. */
public final class SignedReport {
  private static final String PAYLOAD_TYPE = "application/vnd.sagui.bench-report+json";

  private SignedReport() {}

  /** The envelope; four thirds of the report and some 300 bytes. */
  public static byte[] sign(byte[] report, SigningKey device) {
    return device.sign(PAYLOAD_TYPE, report);
  }

  /**
   * The report in {@code envelope}, if {@code device} signed it; nothing of it is parsed before.
   *
   * @throws RejectedException PAYLOAD_TOO_LARGE, NOT_JSON, MALFORMED_PAYLOAD or SIGNATURE_INVALID
   */
  public static byte[] verified(byte[] envelope, int maxBytes, TrustedKey device) {
    return Envelope.verified(envelope, PAYLOAD_TYPE, maxBytes, List.of(device));
  }
}
