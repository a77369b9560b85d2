/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import dev.sagui.server.ControllerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * How the embedded broker speaks TLS. The files are read at start.
 *
 * @param keys its key and certificate
 * @param authorities of the certificates that devices must show; none must if empty
 */
public record BrokerTls(Pkcs12 keys, Optional<Pkcs12> authorities) {
  private static final String KEY = "sagui.mqtt.tls.keystore.file";
  private static final String TRUST = "sagui.mqtt.tls.truststore.file";

  /** A PKCS #12 file. */
  public record Pkcs12(Path file, String password) {
    private KeyStore open() throws GeneralSecurityException, IOException {
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, password.toCharArray());
      }
      return store;
    }
  }

  /** As configured; empty without a key store. What is wrong with it goes to {@code mistakes}. */
  public static Optional<BrokerTls> of(ControllerConfig.Tls config, List<String> mistakes) {
    Optional<Pkcs12> keys = file(config.keystore());
    Optional<Pkcs12> authorities = file(config.truststore());
    keys.flatMap(file -> mistake(KEY, file, "a key with its certificate", BrokerTls::key))
        .ifPresent(mistakes::add);
    authorities
        .flatMap(
            file -> mistake(TRUST, file, "certificates", store -> store.aliases().nextElement()))
        .ifPresent(mistakes::add);
    if (keys.isEmpty() && authorities.isPresent()) {
      mistakes.add(KEY + ": expected a file, as there is a trust store; found nothing");
    }
    return keys.map(file -> new BrokerTls(file, authorities));
  }

  private static Optional<Pkcs12> file(ControllerConfig.Tls.KeyFile config) {
    return config.file().map(file -> new Pkcs12(Path.of(file), config.password().orElse("")));
  }

  /** Reads something of a key store. */
  private interface Reading {
    Object of(KeyStore store) throws GeneralSecurityException;
  }

  private static Optional<String> mistake(String key, Pkcs12 file, String what, Reading reading) {
    try {
      reading.of(file.open());
      return Optional.empty();
    } catch (GeneralSecurityException | IOException | java.util.NoSuchElementException e) {
      return Optional.of(
          "%s: expected a PKCS #12 file with %s and its password, found '%s': %s"
              .formatted(key, what, file.file, e.getMessage()));
    }
  }

  /** The certificate of the key. */
  private static Certificate key(KeyStore store) throws GeneralSecurityException {
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        return store.getCertificate(alias);
      }
    }
    throw new GeneralSecurityException("it has no key");
  }

  /**
   * What Artemis is told.
   *
   * @param folder for the certificates that it trusts
   */
  Map<String, Object> acceptor(Path folder) throws GeneralSecurityException, IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("sslEnabled", true);
    map.put("keyStoreType", "PKCS12");
    map.put("keyStorePath", keys.file.toString());
    map.put("keyStorePassword", keys.password);
    if (authorities.isPresent()) {
      map.put("needClientAuth", true);
      map.put("trustStoreType", "PKCS12");
      map.put("trustStorePath", trusted(authorities.get(), folder).toString());
      map.put("trustStorePassword", authorities.get().password);
    }
    return map;
  }

  /** The authorities and the broker's own certificate, which the controller shows it. */
  private Path trusted(Pkcs12 devices, Path folder) throws GeneralSecurityException, IOException {
    KeyStore store = devices.open();
    store.setCertificateEntry("sagui-controller", key(keys.open()));
    Path file = Files.createDirectories(folder).resolve("trusted.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, devices.password.toCharArray());
    }
    return file;
  }

  /** For the controller's own connection: it believes this very certificate, and shows it too. */
  SSLSocketFactory sockets() throws GeneralSecurityException, IOException {
    KeyStore own = keys.open();
    KeyManagerFactory shown =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    shown.init(own, keys.password.toCharArray());
    KeyStore pinned = KeyStore.getInstance("PKCS12");
    pinned.load(null, null);
    pinned.setCertificateEntry("sagui-controller", key(own));
    TrustManagerFactory believed =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    believed.init(pinned);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown.getKeyManagers(), believed.getTrustManagers(), null);
    return context.getSocketFactory();
  }
}
