/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.config;

import dev.sagui.failure.FailureCode;
import dev.sagui.wire.Reported;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;

/**
 * A PKCS #12 file with the key and the certificate that this device shows its broker.
 *
 * @param password of the file and of the key in it
 */
public record KeystoreFile(Path file, String password) {
  private static final Duration SOON = Duration.ofDays(14);

  /** Reads it as it is now. */
  public KeyStore open() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password.toCharArray());
    }
    return store;
  }

  /** Why a broker would not believe it now, or soon; empty if nothing is known to be wrong. */
  public Optional<Reported.Failure> warning(Instant now) {
    return trouble(now).or(() -> soon(now)).map(KeystoreFile::failure);
  }

  private static Reported.Failure failure(String why) {
    return new Reported.Failure(FailureCode.CERTIFICATE_EXPIRES, why);
  }

  private Optional<String> soon(Instant now) {
    return trouble(now.plus(SOON))
        .map(
            later ->
                "'%s' is believed for less than %d days more; put another certificate there"
                    .formatted(file, SOON.toDays()));
  }

  /** Why a broker would not believe it now; empty if nothing is known to be wrong with it. */
  public Optional<String> trouble(Instant now) {
    try {
      KeyStore store = open();
      for (String alias : Collections.list(store.aliases())) {
        Optional<String> trouble = trouble(store, alias, now);
        if (store.isKeyEntry(alias)) {
          return trouble;
        }
      }
      return Optional.of("'%s' holds no key".formatted(file));
    } catch (GeneralSecurityException | IOException e) {
      return Optional.of("'%s' cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  private Optional<String> trouble(KeyStore store, String alias, Instant now)
      throws GeneralSecurityException {
    if (!(store.getCertificate(alias) instanceof X509Certificate certificate)) {
      return Optional.of("'%s' holds no certificate for its key".formatted(file));
    }
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    return now.isBefore(begin) || now.isAfter(end)
        ? Optional.of(
            "the certificate in '%s' is valid from %s to %s, and it is %s here; put another one there"
                .formatted(file, begin, end, now))
        : Optional.empty();
  }
}
