/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.DeviceId;
import dev.sagui.manifest.SigningKey;
import dev.sagui.server.Settings;
import dev.sagui.server.rollout.DesiredLink;
import dev.sagui.server.rollout.DesiredLinkContract;
import dev.sagui.server.store.BenchStore;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.DesiredStore;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.ReportStore;
import dev.sagui.server.work.Benches;
import dev.sagui.server.work.Inbox;
import dev.sagui.server.work.Jobs;
import dev.sagui.server.work.Probes;
import dev.sagui.server.work.Profiles;
import dev.sagui.server.work.Rollouts;
import dev.sagui.wire.Channel;
import dev.sagui.wire.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
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
  private final Topics topics = new Topics("sagui", "default");
  private final List<MqttAsyncClient> clients = new ArrayList<>();
  private EmbeddedBroker broker;
  private Database database;
  private PahoLink link;

  @BeforeEach
  void start() throws Exception {
    broker =
        EmbeddedBroker.start(
            "127.0.0.1", 0, Optional.empty(), Optional.empty(), home.resolve("broker"));
    database = Database.open(home.resolve("sagui.db"));
    Clock clock = Clock.systemUTC();
    EventStore events = new EventStore(database);
    DeviceStore devices = new DeviceStore(database);
    SigningKey key = new SigningKey(SigningKey.generate());
    Rollouts rollouts = new Rollouts(devices, new DesiredStore(database), key, events, clock);
    Benches benches = new Benches(new BenchStore(database), devices, key, events, clock);
    BlobFolder blobs = new BlobFolder(home.resolve("blobs"), Long.MAX_VALUE);
    Probes probes = new Probes(benches, Profiles.read(Optional.empty()), blobs, key);
    Inbox.Desks desks = new Inbox.Desks(rollouts, benches, probes);
    Inbox inbox = new Inbox(devices, new ReportStore(database, events), desks, events, clock);
    link = new PahoLink(broker.url(), settings(), inbox, rollouts, blobs);
    link.start();
    for (int i = 0; i < 400 && !link.isListening(); i++) {
      Thread.sleep(25);
    }
    assertTrue(link.isListening());
  }

  private Settings settings() {
    return new Settings(
        home,
        "127.0.0.1",
        0,
        Optional.empty(),
        "127.0.0.1",
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        topics,
        Optional.empty(),
        Long.MAX_VALUE,
        Duration.ofDays(7),
        new Settings.Worker(false, new Jobs.Pool(1, Duration.ofSeconds(5))));
  }

  @AfterEach
  void stop() throws Exception {
    for (MqttAsyncClient client : clients) {
      client.disconnectForcibly(0, 500, false);
      client.close(true);
    }
    link.close();
    broker.close();
    database.close();
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
        new MqttAsyncClient(broker.url().toString(), id, new MemoryPersistence());
    clients.add(client);
    client.setCallback(
        new Callbacks((topic, message) -> heard.add(message.getPayload()), () -> {}));
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setAutomaticReconnect(false);
    client.connect(options).waitForCompletion(10_000);
    client
        .subscribe(new MqttSubscription(topics.of(device, Channel.DESIRED), 1))
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
    sender.publish(topics.of(device, Channel.REPORTED), huge).waitForCompletion(10_000);
    link.desired(device, new byte[] {1});
    assertArrayEquals(new byte[] {1}, heard.poll(10, TimeUnit.SECONDS));
    assertTrue(link.isListening());
  }
}
