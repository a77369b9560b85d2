/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.mqtt;

import dev.sagui.device.DeviceId;
import dev.sagui.failure.RejectedException;
import dev.sagui.server.Settings;
import dev.sagui.server.fleet.BenchLink;
import dev.sagui.server.fleet.Hearing;
import dev.sagui.server.rollout.DesiredLink;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.work.Inbox;
import dev.sagui.server.work.Rollouts;
import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.Topics;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The controller's connection to the broker. Three threads: one connects and keeps connected, one
 * takes messages in, one sends chunks; Paho's own threads only hand over.
 */
public final class PahoLink implements DesiredLink, BenchLink, Hearing, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(PahoLink.class);
  private static final Duration STABLE = Duration.ofSeconds(30);
  private static final long ANSWER_MILLIS = 10_000;
  private static final List<Channel> HEARD =
      List.of(
          Channel.STATE,
          Channel.REPORTED,
          Channel.METRICS,
          Channel.EVENT,
          Channel.BENCH,
          Channel.CHUNK_REQUEST);

  private final Semaphore lost = new Semaphore(0);
  private final Topics topics;
  private final Letters letters;
  private final Rollouts rollouts;
  private final ChunkServer chunks;
  private final MqttAsyncClient client;
  private final MqttConnectionOptions options;
  private final List<Thread> threads;
  private volatile boolean listening;
  private volatile boolean closed;

  /**
   * @throws MqttException when {@code broker} is no address that Paho knows
   */
  public PahoLink(URI broker, Settings settings, Inbox inbox, Rollouts rollouts, BlobFolder blobs)
      throws MqttException {
    this.topics = settings.topics();
    this.letters = new Letters(inbox, this, this::offer);
    this.rollouts = rollouts;
    Throttle throttle =
        new Throttle(settings.chunkRate(), System::nanoTime, TimeUnit.NANOSECONDS::sleep);
    this.chunks = new ChunkServer(blobs, throttle, System::nanoTime, this::chunk);
    this.client =
        new MqttAsyncClient(
            broker.toString(),
            "sagui-controller-" + UUID.randomUUID().toString().substring(0, 8),
            new MemoryPersistence());
    this.options = ConnectOptions.of(broker, settings);
    client.setCallback(new Callbacks(this::arrived, lost::release));
    this.threads =
        List.of(
            new Thread(this::keepConnected, "sagui-link"),
            new Thread(letters, "sagui-inbox"),
            new Thread(chunks, "sagui-chunks"));
  }

  public void start() {
    for (Thread thread : threads) {
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Whether messages can be sent now, and those of devices are heard. */
  public boolean isListening() {
    return listening && client.isConnected();
  }

  @Override
  public Optional<String> trouble() {
    String text = "The broker at %s is not reached: no device is heard. The controller tries on.";
    return isListening() ? Optional.empty() : Optional.of(text.formatted(client.getServerURI()));
  }

  private void keepConnected() {
    Backoff backoff =
        new Backoff(Duration.ofMillis(250), Duration.ofSeconds(30), RandomGenerator.getDefault());
    int failures = 0;
    try {
      while (!closed) {
        if (connect(failures)) {
          failures = 0;
          long since = System.nanoTime();
          lost.acquire();
          listening = false;
          if (System.nanoTime() - since > STABLE.toNanos()) {
            backoff.reset();
          }
        } else {
          failures++;
        }
        Thread.sleep(backoff.next().toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean connect(int failures) {
    try {
      lost.drainPermits();
      client.connect(options).waitForCompletion(ANSWER_MILLIS);
      subscribe();
      listening = true;
      rollouts.sendAll(this);
      LOG.infof("broker=%s connected", client.getServerURI());
      return true;
    } catch (MqttException e) {
      if (failures % 20 == 0) {
        LOG.warnf("broker=%s not reachable: %s; trying on", client.getServerURI(), e.getMessage());
      }
      disconnect();
      return false;
    }
  }

  private void subscribe() throws MqttException {
    MqttSubscription[] wanted =
        HEARD.stream()
            .map(channel -> new MqttSubscription(topics.allDevices(channel), 1))
            .toArray(MqttSubscription[]::new);
    client.subscribe(wanted).waitForCompletion(ANSWER_MILLIS);
  }

  /** On Paho's thread: hands over and never publishes. */
  private void arrived(String topic, MqttMessage message) throws InterruptedException {
    Optional<Topics.Address> from = topics.find(topic);
    if (from.isEmpty()) {
      return;
    }
    if (from.get().channel() != Channel.CHUNK_REQUEST) {
      letters.put(from.get(), message.getPayload());
      return;
    }
    try {
      ChunkRequest request = ChunkRequest.parse(message.getPayload());
      chunks.offer(from.get().device(), request, life(message));
    } catch (RejectedException e) {
      LOG.warnf("device=%s code=%s %s", from.get().device(), e.code(), e.getMessage());
    }
  }

  /** How long it may wait still. */
  private static Optional<Duration> life(MqttMessage message) {
    return Optional.ofNullable(message.getProperties())
        .map(MqttProperties::getMessageExpiryInterval)
        .map(Duration::ofSeconds);
  }

  @Override
  public void desired(DeviceId device, byte[] envelope) {
    MqttMessage message = new MqttMessage(envelope);
    message.setRetained(true);
    publish(topics.of(device, Channel.DESIRED), message);
  }

  @Override
  public void offer(DeviceId device, byte[] envelope) {
    publish(topics.of(device, Channel.CMD), new MqttMessage(envelope));
  }

  private void chunk(DeviceId device, byte[] payload) {
    MqttProperties properties = new MqttProperties();
    properties.setMessageExpiryInterval(ChunkRequest.LIFE.toSeconds());
    MqttMessage message = new MqttMessage(payload, 0, false, properties);
    IMqttToken token = publish(topics.of(device, Channel.CHUNK_RESPONSE), message);
    try {
      if (token != null) {
        token.waitForCompletion(ANSWER_MILLIS);
      }
    } catch (MqttException e) {
      LOG.debugf("device=%s chunk not sent: %s", device, e.getMessage());
    }
  }

  /** One at a time: Paho gives a topic its alias before it takes the message that tells of it. */
  private synchronized @Nullable IMqttToken publish(String topic, MqttMessage message) {
    try {
      return client.publish(topic, message);
    } catch (MqttException e) {
      LOG.debugf(
          "topic=%s not sent: %s; it is sent again at the next connect or request", topic, e);
      return null;
    }
  }

  private void disconnect() {
    try {
      client.disconnectForcibly(0, 500, false);
    } catch (MqttException e) {
      LOG.debugf("disconnect: %s", e.getMessage());
    }
  }

  @Override
  public void close() throws MqttException {
    closed = true;
    threads.forEach(Thread::interrupt);
    disconnect();
    client.close(true);
  }
}
