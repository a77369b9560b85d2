/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.fleet;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.json.Fields;
import dev.sagui.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The controller that {@code sagui fleet login} chose, and its token; a file of the user alone. */
record SavedLogin(String url, Optional<String> token) {
  /** In {@code $XDG_CONFIG_HOME/sagui}, or {@code ~/.config/sagui}. */
  static Path file() {
    String configured = System.getenv("XDG_CONFIG_HOME");
    Path folder =
        configured == null || configured.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".config")
            : Path.of(configured);
    return folder.resolve("sagui").resolve("login.json");
  }

  /**
   * @throws RejectedException MALFORMED_PAYLOAD or NOT_JSON when the file is not ours, BAD_CONFIG
   *     when it cannot be read
   */
  static Optional<SavedLogin> find(Path file) {
    try {
      Fields f = Fields.parse(Files.readAllBytes(file));
      return Optional.of(new SavedLogin(f.string("url"), f.findString("token")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new RejectedException(
          FailureCode.BAD_CONFIG,
          "cannot read '%s' (%s); repair or delete it".formatted(file, e),
          e);
    }
  }

  void save(Path file) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("url", url);
    token.ifPresent(secret -> map.put("token", secret));
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.deleteIfExists(part);
      Files.createFile(
          part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(part, Json.pretty(map));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new RejectedException(
          FailureCode.BAD_CONFIG, "cannot write '%s' (%s)".formatted(file, e), e);
    }
  }
}
