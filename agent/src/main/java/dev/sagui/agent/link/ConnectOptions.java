/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import dev.sagui.wire.Channel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * How a device connects to its broker. What it sends has topic aliases as far as the broker takes
 * them; what it gets has none, as Paho 1.2.5 looks an alias up among the names and ends the
 * connection.
 */
final class ConnectOptions {
  private static final int KEEP_ALIVE_SECONDS = 30;

  private ConnectOptions() {}

  /**
   * @throws MqttException a key store cannot be read now
   */
  static MqttConnectionOptions of(PahoLink.Target target) throws MqttException {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setAutomaticReconnect(false);
    options.setCleanStart(true);
    options.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
    options.setConnectionTimeout((int) PahoLink.CALL.toSeconds());
    options.setMaximumPacketSize(Channel.MAX_PACKET_BYTES);
    options.setSocketFactory(NoDelaySockets.to(target.broker(), target.keystore()));
    MqttMessage will = new MqttMessage(target.will(), 1, true, new MqttProperties());
    options.setWill(target.topics().of(target.device(), Channel.STATE), will);
    target.username().ifPresent(options::setUserName);
    target.password().ifPresent(word -> options.setPassword(word.getBytes(StandardCharsets.UTF_8)));
    return options;
  }

  /** Largest packet of a connection that stands, as both sides said. */
  static long maxPacketBytes(IMqttToken connected) {
    return Optional.ofNullable(connected.getResponseProperties())
        .map(MqttProperties::getMaximumPacketSize)
        .map(most -> Math.min(most, Channel.MAX_PACKET_BYTES))
        .orElse(Channel.MAX_PACKET_BYTES);
  }
}
