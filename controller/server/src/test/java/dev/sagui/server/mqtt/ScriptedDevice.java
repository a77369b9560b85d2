/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.sagui.device.DeviceId;
import dev.sagui.wire.Channel;
import dev.sagui.wire.Topics;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttSubscription;

/** A device's side of the conversation, one message at a time. */
final class ScriptedDevice implements AutoCloseable {
  private static final long WAIT_MILLIS = 10_000;

  private final DeviceId id;
  private final Topics topics;
  private final MqttAsyncClient client;
  private final BlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>();
  private final BlockingQueue<byte[]> acks = new LinkedBlockingQueue<>();
  private final BlockingQueue<byte[]> desired = new LinkedBlockingQueue<>();
  private volatile boolean lost;

  private ScriptedDevice(DeviceId id, Topics topics, MqttAsyncClient client) {
    this.id = id;
    this.topics = topics;
    this.client = client;
  }

  static ScriptedDevice connect(DeviceId id, Topics topics, URI broker) throws MqttException {
    ScriptedDevice device =
        new ScriptedDevice(
            id,
            topics,
            new MqttAsyncClient(broker.toString(), id.value(), new MemoryPersistence()));
    device.connect();
    return device;
  }

  private void connect() throws MqttException {
    client.setCallback(
        new Callbacks((topic, message) -> arrived(topic, message.getPayload()), () -> lost = true));
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setAutomaticReconnect(false);
    client.connect(options).waitForCompletion(WAIT_MILLIS);
    client
        .subscribe(
            new MqttSubscription[] {
              new MqttSubscription(topics.of(id, Channel.CHUNK_RESPONSE), 0),
              new MqttSubscription(topics.of(id, Channel.CMD), 1),
              new MqttSubscription(topics.of(id, Channel.DESIRED), 1)
            })
        .waitForCompletion(WAIT_MILLIS);
  }

  private void arrived(String topic, byte[] payload) {
    queue(topic).add(payload);
  }

  private BlockingQueue<byte[]> queue(String topic) {
    if (topic.equals(topics.of(id, Channel.CMD))) {
      return acks;
    }
    return topic.equals(topics.of(id, Channel.DESIRED)) ? desired : chunks;
  }

  void send(Channel channel, byte[] payload) throws MqttException {
    client.publish(topics.of(id, channel), payload, 1, false).waitForCompletion(WAIT_MILLIS);
  }

  byte[] nextChunk() throws InterruptedException {
    return next(chunks);
  }

  byte[] nextAck() throws InterruptedException {
    return next(acks);
  }

  byte[] nextDesired() throws InterruptedException {
    return next(desired);
  }

  private static byte[] next(BlockingQueue<byte[]> queue) throws InterruptedException {
    byte[] message = queue.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
    assertNotNull(message, "nothing arrived within 10 s");
    return message;
  }

  /** An acknowledgement, if one comes in that time. */
  Optional<byte[]> findAck(Duration within) throws InterruptedException {
    return Optional.ofNullable(acks.poll(within.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Whether the broker ended the connection. */
  boolean isLost() {
    return lost;
  }

  @Override
  public void close() throws MqttException {
    client.disconnectForcibly(0, 500, false);
    client.close(true);
  }
}
