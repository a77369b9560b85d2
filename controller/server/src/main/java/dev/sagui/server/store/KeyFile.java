/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.store;

import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.SigningKey;
import dev.sagui.manifest.TrustedKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** The signing key as a PKCS#8 PEM that only its owner can read. */
public final class KeyFile {
  private KeyFile() {}

  /**
   * The key in {@code home}, made at the first call; {@code trust.pub} beside it is the half that
   * devices get.
   *
   * @throws RejectedException BAD_CONFIG when the key or its public half cannot be read
   */
  public static SigningKey open(Path home) throws IOException {
    Path secret = home.resolve("keys").resolve("signing.key");
    Path trust = home.resolve("trust.pub");
    if (!Files.exists(secret)) {
      return create(secret, trust);
    }
    TrustedKey known = TrustedKey.parsePem(Files.readString(trust));
    return new SigningKey(new KeyPair(known.key(), parse(secret)));
  }

  private static SigningKey create(Path secret, Path trust) throws IOException {
    KeyPair pair = SigningKey.generate();
    SigningKey key = new SigningKey(pair);
    Files.createDirectories(secret.getParent());
    Files.writeString(trust, key.trusted().pem());
    Path part = secret.resolveSibling("signing.key.part");
    Files.deleteIfExists(part);
    Files.createFile(
        part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(part, pem(pair.getPrivate()));
    Files.move(part, secret, StandardCopyOption.ATOMIC_MOVE);
    return key;
  }

  private static String pem(PrivateKey key) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  private static PrivateKey parse(Path file) throws IOException {
    try {
      String base64 = Files.readString(file).replaceAll("-----[^-]+-----", "");
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new RejectedException(
          FailureCode.BAD_CONFIG,
          "%s: expected a PKCS#8 PEM of an EC key; put the key back, or remove it and trust.pub to start with a new one, which devices must then be given"
              .formatted(file),
          e);
    }
  }
}
