/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import dev.sagui.server.Settings;
import java.net.URI;
import java.util.Optional;

/** The broker that the controller and its devices meet at: ours or another. */
public final class Broker implements AutoCloseable {
  private final Optional<EmbeddedBroker> own;
  private final URI url;

  private Broker(Optional<EmbeddedBroker> own, URI url) {
    this.own = own;
    this.url = url;
  }

  public static Broker open(Settings settings) {
    if (settings.externalBroker().isPresent()) {
      return new Broker(Optional.empty(), settings.externalBroker().get());
    }
    EmbeddedBroker own =
        EmbeddedBroker.start(
            settings.mqttHost(),
            settings.mqttPort(),
            settings.login(),
            settings.tls(),
            settings.home().resolve("broker"));
    return new Broker(Optional.of(own), own.url());
  }

  public URI url() {
    return url;
  }

  @Override
  public void close() {
    own.ifPresent(EmbeddedBroker::close);
  }
}
