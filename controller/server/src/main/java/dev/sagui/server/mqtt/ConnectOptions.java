/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import dev.sagui.server.Settings;
import dev.sagui.wire.Channel;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttException;

/** How the controller connects to its broker. */
final class ConnectOptions {
  private ConnectOptions() {}

  /**
   * @throws MqttException a key store cannot be read
   */
  static MqttConnectionOptions of(URI broker, Settings settings) throws MqttException {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(true);
    options.setAutomaticReconnect(false);
    options.setKeepAliveInterval(30);
    options.setConnectionTimeout(10);
    options.setReceiveMaximum(1_000);
    options.setMaximumPacketSize(Channel.MAX_PACKET_BYTES);
    options.setSocketFactory(sockets(broker, settings));
    if (settings.externalBroker().isEmpty()) {
      options.setHttpsHostnameVerificationEnabled(false); // its very certificate is known
    }
    settings
        .login()
        .ifPresent(
            known -> {
              options.setUserName(known.username());
              options.setPassword(known.password().getBytes(StandardCharsets.UTF_8));
            });
    return options;
  }

  private static SocketFactory sockets(URI broker, Settings settings) throws MqttException {
    if (broker.getScheme().matches("tcp|ws")) {
      return new NoDelaySockets();
    }
    try {
      Optional<BrokerTls> own =
          settings.externalBroker().isPresent() ? Optional.empty() : settings.tls();
      return new TlsSockets(
          own.isPresent() ? own.get().sockets() : SSLContext.getDefault().getSocketFactory());
    } catch (GeneralSecurityException | IOException e) {
      throw new MqttException(e);
    }
  }
}
