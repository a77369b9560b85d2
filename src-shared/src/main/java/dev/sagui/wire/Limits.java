/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;

/** The byte limit of each channel, checked before anything is parsed. */
final class Limits {
  private Limits() {}

  static void check(Channel channel, int bytes) {
    if (bytes > channel.maxBytes()) {
      throw new RejectedException(
          FailureCode.PAYLOAD_TOO_LARGE,
          "payload on '%s' has %d bytes, at most %d are read"
              .formatted(channel.suffix(), bytes, channel.maxBytes()));
    }
  }
}
