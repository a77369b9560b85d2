/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.device.DeviceProfile;
import dev.sagui.device.KnownProfiles;
import dev.sagui.device.ProfileMatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The profiles that a device may have.
 *
 * @param folder one JSON file each; empty for the known boards
 */
record ProfileFiles(Optional<Path> folder) {
  static final String AUTO = "auto";

  private static final String JSON = ".json";

  /**
   * The profile of that name, or with {@link #AUTO} the one that this machine falls into.
   *
   * @throws IllegalArgumentException there is none of that name, or it is no profile
   * @throws dev.sagui.failure.RejectedException what is wrong with a profile, or BAD_CONFIG when
   *     none suits
   */
  ProfileMatch get(String name) {
    if (name.equals(AUTO)) {
      return ProfileMatch.of(ThisMachine.read(), all());
    }
    try {
      return new ProfileMatch(read(new ArtifactName(name).value()), "it is configured");
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "no profile '%s' %s"
              .formatted(name, folder.map(f -> "in " + f).orElse("among the known boards")),
          e);
    }
  }

  private List<DeviceProfile> all() {
    try {
      List<DeviceProfile> all = new ArrayList<>();
      for (String name : names()) {
        all.add(read(name));
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException("the profiles cannot be read: " + e.getMessage(), e);
    }
  }

  private List<String> names() throws IOException {
    if (folder.isEmpty()) {
      return KnownProfiles.NAMES;
    }
    try (Stream<Path> files = Files.list(folder.get())) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(JSON))
          .map(name -> name.substring(0, name.length() - JSON.length()))
          .sorted()
          .toList();
    }
  }

  private DeviceProfile read(String name) throws IOException {
    if (folder.isPresent()) {
      return DeviceProfile.parse(Files.readAllBytes(folder.get().resolve(name + JSON)));
    }
    try (InputStream known =
        ProfileFiles.class.getResourceAsStream("/dev/sagui/agent/profiles/" + name + JSON)) {
      if (known == null) {
        throw new IOException(name);
      }
      return DeviceProfile.parse(known.readAllBytes());
    }
  }
}
