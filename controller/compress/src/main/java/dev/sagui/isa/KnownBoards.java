/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.isa;

import dev.sagui.device.DeviceProfile;
import dev.sagui.device.KnownProfiles;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The boards that Sagui knows, one JSON file each. */
public final class KnownBoards {
  private KnownBoards() {}

  /** All known boards, by name. */
  public static List<DeviceProfile> all() {
    return KnownProfiles.NAMES.stream().map(KnownBoards::read).toList();
  }

  public static Optional<DeviceProfile> find(String name) {
    return KnownProfiles.NAMES.contains(name) ? Optional.of(read(name)) : Optional.empty();
  }

  /**
   * @throws RejectedException UNKNOWN_PROFILE, naming the known ones
   */
  public static DeviceProfile get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new RejectedException(
                    FailureCode.UNKNOWN_PROFILE,
                    "no known board is named '%s'; known are %s"
                        .formatted(
                            name, KnownProfiles.NAMES.stream().collect(Collectors.joining(", ")))));
  }

  private static DeviceProfile read(String name) {
    try (InputStream in = KnownBoards.class.getResourceAsStream("profiles/" + name + ".json")) {
      if (in == null) {
        throw new IllegalStateException("profile " + name + " is not packaged; this is a bug");
      }
      return DeviceProfile.parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("a packaged profile is readable; this is a bug", e);
    }
  }
}
