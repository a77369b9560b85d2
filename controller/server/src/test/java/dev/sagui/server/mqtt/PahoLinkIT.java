/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.DeviceId;
import dev.sagui.server.rollout.DesiredLink;
import dev.sagui.server.rollout.DesiredLinkContract;
import dev.sagui.server.work.Profiles;
import dev.sagui.wire.Channel;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The link to the embedded broker, heard by clients as devices are. */
class PahoLinkIT extends DesiredLinkContract {
  @TempDir Path home;
  private final List<MqttAsyncClient> clients = new ArrayList<>();
  private LinkedController controller;
  private PahoLink link;

  @BeforeEach
  void start() throws Exception {
    controller = LinkedController.start(home, Profiles.read(Optional.empty()), Clock.systemUTC());
    link = controller.link();
    for (int i = 0; i < 400 && !link.isListening(); i++) {
      Thread.sleep(25);
    }
    assertTrue(link.isListening());
  }

  @AfterEach
  void stop() throws Exception {
    for (MqttAsyncClient client : clients) {
      client.disconnectForcibly(0, 500, false);
      client.close(true);
    }
    controller.close();
  }

  @Override
  protected DesiredLink link() {
    return link;
  }

  @Override
  protected BlockingQueue<byte[]> listen(DeviceId device) throws Exception {
    BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
    String id = "listener-" + clients.size();
    MqttAsyncClient client =
        new MqttAsyncClient(controller.broker().url().toString(), id, new MemoryPersistence());
    clients.add(client);
    client.setCallback(
        new Callbacks((topic, message) -> heard.add(message.getPayload()), () -> {}));
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setAutomaticReconnect(false);
    client.connect(options).waitForCompletion(10_000);
    client
        .subscribe(new MqttSubscription(LinkedController.TOPICS.of(device, Channel.DESIRED), 1))
        .waitForCompletion(10_000);
    return heard;
  }

  @Test
  void aMessageOverAllLimitsDoesNotCutTheLink() throws Exception {
    DeviceId device = new DeviceId("kitchen");
    BlockingQueue<byte[]> heard = listen(device);
    MqttAsyncClient sender = clients.get(0);
    MqttMessage huge = new MqttMessage(new byte[4 << 20]);
    huge.setQos(1);
    sender
        .publish(LinkedController.TOPICS.of(device, Channel.REPORTED), huge)
        .waitForCompletion(10_000);
    link.desired(device, new byte[] {1});
    assertArrayEquals(new byte[] {1}, heard.poll(10, TimeUnit.SECONDS));
    assertTrue(link.isListening());
  }
}
