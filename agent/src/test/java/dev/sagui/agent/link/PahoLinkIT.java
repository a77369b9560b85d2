/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.device.DeviceId;
import dev.sagui.failure.UnavailableException;
import dev.sagui.wire.Channel;
import dev.sagui.wire.Topics;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.common.packet.util.CountingInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The link against a real Artemis. */
class PahoLinkIT {
  private static final Topics TOPICS = new Topics("sagui", "test");
  private static final DeviceId DEVICE = new DeviceId("kitchen");
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final byte[] BIRTH = bytes("here");
  private static final byte[] WILL = bytes("gone");

  @TempDir Path folder;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private TestBroker broker;

  @BeforeEach
  void startBroker() throws Exception {
    broker = new TestBroker(folder, 0);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    broker.close();
  }

  /** Keeps what the link tells. */
  private static final class Heard implements Link.Listener {
    final BlockingQueue<Boolean> connections = new LinkedBlockingQueue<>();
    final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

    @Override
    public void connected() {
      connections.add(true);
    }

    @Override
    public void arrived(Channel channel, byte[] payload) {
      messages.add(channel + " " + new String(payload, StandardCharsets.UTF_8));
    }

    void awaitConnected() throws InterruptedException {
      assertEquals(true, connections.poll(SOON.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  private PahoLink link(URI url, Heard heard) {
    PahoLink link =
        PahoLink.start(
            new PahoLink.Target(
                url, Optional.empty(), Optional.empty(), Optional.empty(), TOPICS, DEVICE, WILL),
            heard,
            new Random(1));
    open.push(link);
    return link;
  }

  private Observer observer(Channel... channels) throws Exception {
    Observer observer = new Observer(broker.url(), TOPICS, channels);
    open.push(observer);
    return observer;
  }

  @Test
  void keepsItsBirthForThoseWhoComeLater() throws Exception {
    Heard heard = new Heard();
    PahoLink link = link(broker.url(), heard);
    heard.awaitConnected();
    link.publish(Channel.STATE, BIRTH, true);
    observer(Channel.STATE).next(SOON, seen -> true); // the broker has it
    Observer.Seen late = observer(Channel.STATE).next(SOON, seen -> true);
    assertTrue(late.retained());
    assertEquals(DEVICE, late.device());
    assertArrayEquals(BIRTH, late.payload());
  }

  @Test
  void aMessageOverAllLimitsNeverComesAndTheNextOneDoes() throws Exception {
    Heard heard = new Heard();
    link(broker.url(), heard);
    heard.awaitConnected();
    Observer controller = observer(Channel.STATE);
    controller.send(DEVICE, Channel.CMD, new byte[4 << 20], false);
    controller.send(DEVICE, Channel.CMD, bytes("small"), false);
    assertEquals("CMD small", heard.messages.poll(SOON.toMillis(), TimeUnit.MILLISECONDS));
    assertNull(heard.connections.poll());
  }

  @Test
  void knowsTheLargestPacketOfItsBroker() throws Exception {
    Heard heard = new Heard();
    PahoLink link = link(broker.url(), heard);
    heard.awaitConnected();
    assertEquals(Channel.MAX_PACKET_BYTES, link.maxPacketBytes());
    try (TestBroker narrow = TestBroker.withPackets(folder.resolve("narrow"), 20_000)) {
      Heard other = new Heard();
      PahoLink second = link(narrow.url(), other);
      other.awaitConnected();
      assertEquals(20_000, second.maxPacketBytes());
      second.close();
    }
  }

  @Test
  void leavesItsWillWhenTheConnectionIsCutAndComesBack() throws Exception {
    try (Cable cable = new Cable(broker.port())) {
      Heard heard = new Heard();
      link(cable.url(), heard);
      heard.awaitConnected();
      Observer observer = observer(Channel.STATE);
      cable.cut();
      assertArrayEquals(WILL, observer.next(SOON, seen -> true).payload());
      heard.awaitConnected();
    }
  }

  /** By a topic alias (MQTT 5.0, 3.3.2.3.4), which a new connection begins anew. */
  @Test
  void namesATopicOnceInAConnection() throws Exception {
    try (Cable cable = new Cable(broker.port())) {
      Heard heard = new Heard();
      PahoLink link = link(cable.url(), heard);
      Observer observer = observer(Channel.METRICS);
      for (int connection = 1; connection <= 2; connection++) {
        heard.awaitConnected();
        for (String report : List.of("one", "two", "three")) {
          link.publish(Channel.METRICS, bytes(report), false);
          assertArrayEquals(bytes(report), observer.next(SOON, seen -> true).payload());
        }
        assertEquals(connection, timesNamed(Channel.METRICS, cable.sent()));
        cable.cut();
      }
    }
  }

  private static int timesNamed(Channel channel, byte[] sent) {
    String topic = TOPICS.of(DEVICE, channel);
    return new String(sent, StandardCharsets.ISO_8859_1).split(topic, -1).length - 1;
  }

  @Test
  void connectsAgainAfterTheBrokerRestarted() throws Exception {
    Heard heard = new Heard();
    PahoLink link = link(broker.url(), heard);
    heard.awaitConnected();
    int port = broker.port();
    broker.close();
    awaitDown(link);
    broker = new TestBroker(folder, port);
    heard.awaitConnected();
    observer().send(DEVICE, Channel.CMD, bytes("again"), false);
    assertEquals("CMD again", heard.messages.poll(SOON.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Test
  void hearsOnlyItsOwnChannels() throws Exception {
    Heard heard = new Heard();
    link(broker.url(), heard);
    heard.awaitConnected();
    Observer controller = observer();
    controller.send(new DeviceId("attic"), Channel.CMD, bytes("other"), false);
    controller.send(DEVICE, Channel.DESIRED, bytes("want"), true);
    assertEquals("DESIRED want", heard.messages.poll(SOON.toMillis(), TimeUnit.MILLISECONDS));
    controller.send(DEVICE, Channel.CHUNK_RESPONSE, bytes("chunk"), false);
    assertEquals(
        "CHUNK_RESPONSE chunk", heard.messages.poll(SOON.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Test
  void givesWayToAnotherAgentOfItsNameForLong() throws Exception {
    Heard first = new Heard();
    PahoLink old = link(broker.url(), first);
    first.awaitConnected();
    Heard second = new Heard();
    PahoLink fresh = link(broker.url(), second);
    second.awaitConnected();
    awaitDown(old);
    assertNull(first.connections.poll(4, TimeUnit.SECONDS)); // no storm of take-overs
    fresh.publish(Channel.EVENT, bytes("still here"), false);
  }

  @Test
  void saysWhenThereIsNoConnection() throws Exception {
    broker.close();
    PahoLink link = link(broker.url(), new Heard());
    UnavailableException e =
        assertThrows(
            UnavailableException.class, () -> link.publish(Channel.EVENT, bytes("x"), false));
    assertEquals("no connection to the broker", e.getMessage());
  }

  @Test
  void readsPayloadsInBlocks() throws Exception {
    assertEquals(
        CountingInputStream.class,
        CountingInputStream.class
            .getDeclaredMethod("read", byte[].class, int.class, int.class)
            .getDeclaringClass());
    try (CountingInputStream in = new CountingInputStream(new ByteArrayInputStream(new byte[9]))) {
      assertEquals(0, in.read());
      assertEquals(8, in.read(new byte[20], 3, 17));
      assertEquals(-1, in.read(new byte[1], 0, 1));
      assertEquals(9, in.getCounter());
    }
    assertFalse(
        CountingInputStream.class
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .getPath()
            .contains("paho"));
  }

  private static void awaitDown(PahoLink link) throws InterruptedException {
    for (int i = 0; i < 750; i++) {
      try {
        link.publish(Channel.EVENT, bytes("?"), false);
      } catch (UnavailableException e) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("the link stayed up");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
