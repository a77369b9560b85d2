/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Leaves out what this agent has no use for. */
interface QuietCallback extends MqttCallback {
  @Override
  default void deliveryComplete(IMqttToken token) {
    // reports are acknowledged end to end, not by the broker
  }

  @Override
  default void connectComplete(boolean reconnect, String serverUri) {
    // who connects goes on by itself
  }

  @Override
  default void authPacketArrived(int reasonCode, MqttProperties properties) {
    // no enhanced authentication
  }
}
