/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import dev.sagui.agent.config.KeystoreFile;
import dev.sagui.device.DeviceId;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.Topics;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * Paho's MQTT 5 client with a reconnect of our own: Paho's has one delay for the whole JVM and no
 * jitter. No file persistence: reports are made anew, not kept.
 */
public final class PahoLink implements Link {
  private static final System.Logger LOG = System.getLogger("sagui.link");
  private static final int SESSION_TAKEN_OVER = 0x8E;
  static final Duration CALL = Duration.ofSeconds(10);
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  /**
   * Whom to connect to, and as whom.
   *
   * @param keystore what it shows of itself over TLS, read at each connect
   * @param will published by the broker, retained on {@code state}, when the connection is lost
   */
  public record Target(
      URI broker,
      Optional<String> username,
      Optional<String> password,
      Optional<KeystoreFile> keystore,
      Topics topics,
      DeviceId device,
      byte[] will) {}

  private final Target target;
  private final Listener listener;
  private final Backoff backoff;
  private final Thread connecting;
  private volatile Optional<MqttAsyncClient> current = Optional.empty();
  private volatile long maxPacketBytes = Channel.MAX_PACKET_BYTES;
  private volatile boolean closed;

  private PahoLink(Target target, Listener listener, RandomGenerator random) {
    this.target = target;
    this.listener = listener;
    this.backoff = new Backoff(random);
    this.connecting = new Thread(this::connectAndAgain, "mqtt-connect");
    connecting.setDaemon(true);
  }

  /** Starts to connect, in the background, and goes on until closed. */
  public static PahoLink start(Target target, Listener listener, RandomGenerator random) {
    PahoLink link = new PahoLink(target, listener, random);
    link.connecting.start();
    return link;
  }

  private void connectAndAgain() {
    long attempts = 0;
    while (!closed) {
      Connection connection = new Connection();
      long start = System.nanoTime();
      Duration lasted = Duration.ZERO;
      try {
        connection.open();
        attempts = 0;
        connection.lost.await();
        lasted = Duration.ofNanos(System.nanoTime() - start);
      } catch (MqttException | RuntimeException e) { // it connects again, whatever there was
        if (attempts++ % 20 == 0) { // the first and every 20th
          LOG.log(
              Level.WARNING,
              "link=down broker={0} reason=\"{1}\"",
              target.broker,
              reason(e) + certificateTrouble());
        }
      } catch (InterruptedException e) {
        closed = true;
      }
      connection.end();
      pause(connection.takenOver ? backoff.afterTakeover() : backoff.after(lasted));
    }
  }

  private void pause(Duration wait) {
    try {
      if (!closed) {
        TimeUnit.MILLISECONDS.sleep(wait.toMillis());
      }
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private String certificateTrouble() {
    return target
        .keystore
        .flatMap(file -> file.trouble(Instant.now()))
        .map("; "::concat)
        .orElse("");
  }

  private static String reason(Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }

  /** One at a time: who names a topic first must be first on the wire. */
  @Override
  public synchronized void publish(Channel channel, byte[] payload, boolean retained)
      throws UnavailableException {
    MqttAsyncClient client =
        current.orElseThrow(() -> new UnavailableException("no connection to the broker"));
    try {
      client.publish(target.topics.of(target.device, channel), message(channel, payload, retained));
    } catch (MqttException e) {
      throw new UnavailableException("cannot publish: " + reason(e), e);
    }
  }

  private static MqttMessage message(Channel channel, byte[] payload, boolean retained) {
    MqttProperties properties = new MqttProperties();
    if (channel != Channel.CHUNK_REQUEST) {
      return new MqttMessage(payload, 1, retained, properties);
    }
    properties.setMessageExpiryInterval(ChunkRequest.LIFE.toSeconds());
    return new MqttMessage(payload, 0, retained, properties);
  }

  @Override
  public long maxPacketBytes() {
    return maxPacketBytes;
  }

  @Override
  public boolean isUp() {
    return current.isPresent();
  }

  @Override
  public void close() {
    closed = true;
    current.ifPresent(PahoLink::awaitDelivery);
    connecting.interrupt();
    try {
      connecting.join(CALL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitDelivery(MqttAsyncClient client) {
    long end = System.nanoTime() + LAST_WORDS.toNanos();
    try {
      for (IMqttToken token : client.getPendingTokens()) {
        token.waitForCompletion(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      }
    } catch (MqttException e) {
      LOG.log(Level.WARNING, "link=end unsent reason=\"{0}\"", reason(e));
    }
  }

  /** One client from its connect to its loss. */
  private final class Connection implements QuietCallback {
    private final CountDownLatch lost = new CountDownLatch(1);
    private volatile boolean takenOver;
    private Optional<MqttAsyncClient> client = Optional.empty();

    void open() throws MqttException {
      MqttAsyncClient fresh =
          new MqttAsyncClient(
              target.broker.toString(), target.device.value(), new MemoryPersistence());
      client = Optional.of(fresh);
      fresh.setCallback(this);
      IMqttToken connected = fresh.connect(ConnectOptions.of(target));
      connected.waitForCompletion(CALL.toMillis());
      maxPacketBytes = ConnectOptions.maxPacketBytes(connected);
      String[] topics = {
        target.topics.of(target.device, Channel.CHUNK_RESPONSE),
        target.topics.of(target.device, Channel.CMD),
        target.topics.of(target.device, Channel.DESIRED)
      };
      fresh.subscribe(topics, new int[] {0, 1, 1}).waitForCompletion(CALL.toMillis());
      current = client;
      LOG.log(Level.INFO, "link=up broker={0}", target.broker);
      listener.connected();
    }

    void end() {
      current = Optional.empty();
      client.ifPresent(
          ended -> {
            try {
              ended.disconnectForcibly(0, 500, true);
            } catch (MqttException e) {
              LOG.log(Level.DEBUG, "link=end reason=\"{0}\"", reason(e));
            }
            try {
              ended.close(true);
            } catch (MqttException e) {
              LOG.log(Level.DEBUG, "link=close reason=\"{0}\"", reason(e));
            }
          });
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      target
          .topics
          .find(topic)
          .filter(address -> address.device().equals(target.device))
          .ifPresent(address -> listener.arrived(address.channel(), message.getPayload()));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
      takenOver = response.getReturnCode() == SESSION_TAKEN_OVER;
      LOG.log(
          Level.WARNING,
          takenOver
              ? "link=down reason=\"another agent uses device id '" + target.device + "'\""
              : "link=down reason=\"" + response + "\"");
      lost.countDown();
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
      LOG.log(Level.WARNING, "link=error reason=\"{0}\"", reason(exception));
    }
  }
}
