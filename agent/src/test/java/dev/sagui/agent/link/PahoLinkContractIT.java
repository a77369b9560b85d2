/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.device.DeviceId;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Channel;
import dev.sagui.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The link's contract against a real Artemis. */
class PahoLinkContractIT extends LinkContract {
  private static final Topics TOPICS = new Topics("sagui", "test");
  private static final DeviceId DEVICE = new DeviceId("kitchen");
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final List<Channel> CHANNELS =
      List.of(Channel.EVENT, Channel.REPORTED, Channel.STATE);

  @TempDir Path folder;

  private final BlockingQueue<Boolean> connections = new LinkedBlockingQueue<>();
  private TestBroker broker;
  private final Map<Channel, Observer> observers = new EnumMap<>(Channel.class);
  private PahoLink link;

  @BeforeEach
  void connect() throws Exception {
    broker = new TestBroker(folder, 0);
    observe();
    PahoLink.Target target =
        new PahoLink.Target(
            broker.url(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            TOPICS,
            DEVICE,
            "gone".getBytes(StandardCharsets.UTF_8));
    Link.Listener listener =
        new Link.Listener() {
          @Override
          public void connected() {
            connections.add(true);
          }

          @Override
          public void arrived(Channel channel, byte[] payload) {}
        };
    link = PahoLink.start(target, listener, new Random(1));
    awaitConnected();
  }

  @AfterEach
  void close() throws Exception {
    link.close();
    stopObserving();
    broker.close();
  }

  /** One for each channel: between topics a broker keeps no order. */
  private void observe() throws Exception {
    for (Channel channel : CHANNELS) {
      observers.put(channel, new Observer(broker.url(), TOPICS, channel));
    }
  }

  private void stopObserving() throws Exception {
    for (Observer observer : observers.values()) {
      observer.close();
    }
  }

  private void awaitConnected() throws InterruptedException {
    assertEquals(true, connections.poll(SOON.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Override
  protected Link link() {
    return link;
  }

  @Override
  protected byte[] next(Channel channel) throws Exception {
    return observers.get(channel).next(SOON, any -> true).payload();
  }

  @Override
  protected void cut() throws Exception {
    stopObserving();
    broker.close();
    long end = System.nanoTime() + SOON.toNanos();
    while (isUp()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("the link stayed up");
      }
      Thread.sleep(20);
    }
  }

  private boolean isUp() {
    try {
      link.publish(Channel.METRICS, new byte[0], false);
      return true;
    } catch (UnavailableException e) {
      return false;
    }
  }

  @Override
  protected void restore() throws Exception {
    broker = new TestBroker(folder, broker.port());
    observe();
    awaitConnected();
  }
}
