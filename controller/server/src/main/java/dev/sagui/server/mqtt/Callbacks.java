/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** The two of Paho's callbacks that matter here. */
final class Callbacks implements MqttCallback {
  private final Arrival arrival;
  private final Runnable lost;

  /** Hears of a message, on Paho's thread. */
  interface Arrival {
    void message(String topic, MqttMessage message) throws InterruptedException;
  }

  Callbacks(Arrival arrival, Runnable lost) {
    this.arrival = arrival;
    this.lost = lost;
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) throws Exception {
    arrival.message(topic, message);
  }

  @Override
  public void disconnected(MqttDisconnectResponse response) {
    lost.run();
  }

  @Override
  public void mqttErrorOccurred(MqttException exception) {}

  @Override
  public void deliveryComplete(IMqttToken token) {}

  @Override
  public void connectComplete(boolean reconnect, String serverUri) {}

  @Override
  public void authPacketArrived(int reasonCode, MqttProperties properties) {}
}
