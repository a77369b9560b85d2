/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import dev.sagui.artifact.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** SHA-256 of files, read as a stream. */
public final class FileDigests {
  private FileDigests() {}

  public static Digest of(Path file) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    byte[] block = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        sha256.update(block, 0, count);
      }
    }
    return Digest.ofRaw(sha256.digest());
  }
}
