/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import dev.sagui.device.DeviceId;
import dev.sagui.wire.Channel;
import dev.sagui.wire.Topics;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Another client of the broker, which sees what all devices say and may answer. */
public final class Observer implements AutoCloseable {
  private final Topics topics;
  private final MqttAsyncClient client;
  private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();

  /** A message of a device. */
  public record Seen(DeviceId device, Channel channel, byte[] payload, boolean retained) {}

  public Observer(URI broker, Topics topics, Channel... channels) throws MqttException {
    this.topics = topics;
    this.client =
        new MqttAsyncClient(
            broker.toString(), "observer-" + UUID.randomUUID(), new MemoryPersistence());
    client.setCallback(new Seeing());
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(true);
    client.connect(options).waitForCompletion(10_000);
    for (Channel channel : channels) {
      client.subscribe(topics.allDevices(channel), 1).waitForCompletion(10_000);
    }
  }

  public void send(DeviceId device, Channel channel, byte[] payload, boolean retained)
      throws MqttException {
    int qos = channel == Channel.CHUNK_RESPONSE ? 0 : 1;
    client.publish(topics.of(device, channel), payload, qos, retained);
  }

  /** The next message, waiting a little; fails the test if none comes. */
  public Seen next(Duration atMost, Predicate<Seen> wanted) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (true) {
      Seen found = seen.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (found == null) {
        throw new AssertionError("no such message within " + atMost);
      }
      if (wanted.test(found)) {
        return found;
      }
    }
  }

  @Override
  public void close() throws MqttException {
    client.disconnectForcibly(0, 500, true);
    client.close(true);
  }

  private final class Seeing implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
      topics
          .find(topic)
          .ifPresent(
              from ->
                  seen.add(
                      new Seen(
                          from.device(),
                          from.channel(),
                          message.getPayload(),
                          message.isRetained())));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }
}
