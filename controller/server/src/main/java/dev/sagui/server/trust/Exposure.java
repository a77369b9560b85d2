/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.trust;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Whether an address may be listened on: another than loopback needs a secret. */
public final class Exposure {
  private static final Set<String> LOOPBACK = Set.of("localhost", "::1", "[::1]");

  private Exposure() {}

  /** The mistake, if {@code host} under {@code key} is open to others without a secret. */
  public static Optional<String> mistake(
      String key, String host, boolean hasSecret, String secretKeys) {
    if (hasSecret || isLoopback(host)) {
      return Optional.empty();
    }
    return Optional.of(
        "%s: '%s' is reachable from other machines, which needs %s; set it, or use 127.0.0.1"
            .formatted(key, host, secretKeys));
  }

  static boolean isLoopback(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return LOOPBACK.contains(lower) || lower.matches("127(\\.\\d{1,3}){3}");
  }
}
