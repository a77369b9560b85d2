/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.device;

import java.util.List;

/** Names of the profiles that ship, one JSON file each. */
public final class KnownProfiles {
  public static final List<String> NAMES =
      List.of(
          "amd64-avx2",
          "amd64-vnni",
          "arm64-dotprod",
          "raspberry-pi-3b-plus",
          "raspberry-pi-4",
          "raspberry-pi-5",
          "raspberry-pi-zero-2-w");

  private KnownProfiles() {}
}
