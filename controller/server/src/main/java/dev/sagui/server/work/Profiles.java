/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import dev.sagui.device.DeviceProfile;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.isa.KnownBoards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The device profiles that this controller knows. */
public final class Profiles {
  private final Map<String, DeviceProfile> byName = new TreeMap<>();

  /**
   * @throws RejectedException BAD_CONFIG naming a file that is no profile
   */
  public static Profiles read(Optional<Path> folder) throws IOException {
    Profiles profiles = new Profiles();
    if (folder.isEmpty()) {
      KnownBoards.all().forEach(profiles::add);
      return profiles;
    }
    try (var files = Files.newDirectoryStream(folder.get(), "*.json")) {
      for (Path file : files) {
        profiles.add(parse(file));
      }
    }
    return profiles;
  }

  private static DeviceProfile parse(Path file) throws IOException {
    try {
      return DeviceProfile.parse(Files.readAllBytes(file));
    } catch (RejectedException | IllegalArgumentException e) {
      throw new RejectedException(
          FailureCode.BAD_CONFIG,
          "sagui.profiles: %s is no device profile: %s".formatted(file, e.getMessage()),
          e);
    }
  }

  private void add(DeviceProfile profile) {
    byName.put(profile.name().value(), profile);
  }

  /** The one of that name, if it is known. */
  public Optional<DeviceProfile> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * @throws RejectedException UNKNOWN_PROFILE, naming the known ones
   */
  public DeviceProfile get(String name) {
    DeviceProfile profile = byName.get(name);
    if (profile == null) {
      throw new RejectedException(
          FailureCode.UNKNOWN_PROFILE,
          "no profile is named '%s'; known are %s"
              .formatted(name, String.join(", ", byName.keySet())));
    }
    return profile;
  }

  /**
   * @throws RejectedException UNKNOWN_PROFILE, or BAD_REQUEST when {@code names} is empty
   */
  public List<DeviceProfile> get(List<String> names) {
    if (names.isEmpty()) {
      throw new RejectedException(
          FailureCode.BAD_REQUEST, "expected one profile or more under 'profiles', found none");
    }
    return names.stream().distinct().map(this::get).toList();
  }
}
