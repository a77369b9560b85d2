/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import dev.sagui.agent.store.StagedFile;
import dev.sagui.manifest.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The key by which the controller knows this device, in a file that only its owner reads. */
final class DeviceKey {
  private DeviceKey() {}

  /**
   * The key in {@code home}, made at the first call.
   *
   * @throws dev.sagui.failure.RejectedException BAD_CONFIG when the file is no key
   */
  static SigningKey open(Path home) throws IOException {
    Path file = home.resolve("device.key");
    if (Files.exists(file)) {
      return SigningKey.parsePem(Files.readString(file));
    }
    SigningKey key = new SigningKey(SigningKey.generate());
    StagedFile.writeSecret(file, key.pem().getBytes(StandardCharsets.US_ASCII));
    return key;
  }
}
