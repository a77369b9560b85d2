/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.BlobServer;
import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.link.Cable;
import dev.sagui.agent.link.Cable.Trouble;
import dev.sagui.agent.link.TestBroker;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.wire.ChunkResponse;
import dev.sagui.wire.SlotState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults of the network between device and broker, and of what comes over it. */
class NetworkFaultsIT extends FaultScene {
  private Cable cable;

  @AfterEach
  void unplug() throws Exception {
    if (cable != null) {
      cable.close();
    }
  }

  /** What happens to chunks. */
  enum Mangled {
    TRUNCATED,
    OVERSIZED,
    DUPLICATED,
    REORDERED,
    FOREIGN,
    OUT_OF_RANGE,
    BOMB
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(Mangled.class)
  void chunksThatAreWrongAreLeftOutOneByOne(Mangled how) throws Exception {
    serveFirst(folder);
    controller.mangle(mangling(how));
    mark();
    want(2, second);
    awaitCommitted("v2");
    assertEquals("v2", version());
    assertTrue(askedAgain().size() < chunksOfSecond(), "asked for again: " + askedAgain());
    String fault = how == Mangled.BOMB ? "F16 decompression bomb" : "F3 other chunks";
    row(fault, how.name().toLowerCase(Locale.ROOT).replace('_', ' '), "v1 serves, then v2");
  }

  private UnaryOperator<List<byte[]>> mangling(Mangled how) {
    AtomicInteger left = new AtomicInteger(2);
    return answer -> {
      List<byte[]> sent = new ArrayList<>(answer);
      if (how == Mangled.REORDERED) {
        Collections.reverse(sent);
        return sent;
      }
      byte[] victim = sent.get(sent.size() - 1);
      boolean ofFile = victim.length > 10_000 && left.getAndDecrement() > 0;
      switch (how) {
        case DUPLICATED -> sent.addAll(answer);
        case FOREIGN -> sent.add(0, FakeController.message(Digest.of(new byte[1]), 0, victim));
        case OUT_OF_RANGE -> sent.addAll(0, List.of(indexed(victim, -1), indexed(victim, 99)));
        case TRUNCATED -> replace(ofFile, sent, Arrays.copyOf(victim, victim.length / 2));
        case OVERSIZED -> replace(ofFile, sent, Arrays.copyOf(victim, victim.length + 4_000));
        case BOMB -> replace(ofFile, sent, bomb(victim));
        case REORDERED -> throw new IllegalStateException("done above");
      }
      return sent;
    };
  }

  private static void replace(boolean really, List<byte[]> sent, byte[] last) {
    if (really) {
      sent.set(sent.size() - 1, last);
    }
  }

  private static byte[] indexed(byte[] message, int index) {
    ChunkResponse response = ChunkResponse.parse(message);
    byte[] bytes = Arrays.copyOfRange(message, ChunkResponse.HEADER_BYTES, message.length);
    return FakeController.message(response.artifact(), index, bytes);
  }

  /** A coded chunk that says of itself that it is long. */
  private static byte[] bomb(byte[] message) {
    ChunkResponse response = ChunkResponse.parse(message);
    byte[] huge = new byte[ChunkTable.CHUNK_BYTES];
    Arrays.fill(huge, (byte) 0x7f);
    return ChunkResponse.coded(response.artifact(), response.index(), huge);
  }

  private void plug() throws Exception {
    cable = new Cable(broker.port());
    config.put("sagui.mqtt.url", cable.url().toString());
  }

  @Tag("slow")
  @Test
  void aConnectionThatIsResetMidChunkIsMadeAnew() throws Exception {
    plug();
    serveFirst(folder);
    mark();
    cable.fail(Trouble.RESETS);
    cable.cut();
    want(2, second);
    awaitCommitted("v2", 60);
    assertEquals("v2", version());
    row("F24 network", "reset mid-chunk, three times", "v1 serves, the pull goes on, then v2");
  }

  /** A chunk has 120 kB, and neither a connection nor five seconds carry one. */
  @Tag("slow")
  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      names = {"RESETS", "SLOW"})
  void aLineThatCarriesNoWholeChunkBringsParts(Trouble how) throws Exception {
    plug();
    serveFirst(folder);
    mark();
    cable.resetAfter(80_000);
    cable.fail(how);
    want(2, second);
    awaitCommitted("v2", 120);
    assertEquals("v2", version());
    assertTrue(partsOfSecond() > 0, "only whole chunks were asked for");
    String name = how == Trouble.SLOW ? "20 kB a second" : "reset after 80 kB, three times";
    row("F24 network", name, "v1 serves, chunks come in parts, then v2");
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(
      value = Trouble.class,
      names = {"ONE_WAY", "LOSSY", "MTU_HOLE", "PORTAL"})
  void aNetworkThatIsBadForAWhileEndsInTheNewRelease(Trouble how) throws Exception {
    plug();
    serveFirst(folder);
    cable.fail(how);
    if (how == Trouble.PORTAL) {
      cable.cut(); // as when another network is joined
    }
    want(2, second);
    for (int second = 0; second < 20; second++) {
      assertEquals("v1", version());
      TimeUnit.SECONDS.sleep(1);
    }
    assertTrue(askedAgain().size() < chunksOfSecond(), "asked for again: " + askedAgain());
    mark();
    cable.fail(Trouble.NONE);
    awaitCommitted("v2", 60);
    assertEquals("v2", version());
    String name = how == Trouble.LOSSY ? "99 % lost" : how.name().toLowerCase(Locale.ROOT);
    row("F24 network", name.replace('_', ' ') + " for 20 s", "v1 serves, then v2");
  }

  @Tag("slow")
  @Test
  void aConnectionThatIsDeadWithoutAWordIsGivenUp() throws Exception {
    config.put("sagui.fetch.rate", "300000");
    plug();
    serveFirst(folder);
    want(2, second);
    controller.awaitSlot(slot -> slot.state() == SlotState.FETCHING && slot.chunksHave() >= 2);
    mark();
    cable.fail(Trouble.HALF_OPEN);
    awaitCommitted("v2", 90);
    assertEquals("v2", version());
    row("F24 network", "half-open mid-fetch", "v1 serves, connects anew, then v2");
  }

  @Tag("slow")
  @Test
  void aCaptivePortalBeforeTheWebServerIsNoRelease() throws Exception {
    try (BlobServer web = new BlobServer()) {
      fake.artifacts().forEach(web::keep);
      Cable wire = new Cable(web.port());
      config.put(
          "sagui.fetch.http", web.template().replace(":" + web.port(), ":" + wire.url().getPort()));
      serveFirst(folder);
      wire.fail(Trouble.PORTAL);
      wire.cut();
      mark();
      want(2, second);
      awaitCommitted("v2");
      assertEquals("v2", version());
      wire.close();
      row(
          "F24 network",
          "captive portal before the web server",
          "v1 serves, MQTT takes over, then v2");
    }
  }

  @Tag("slow")
  @Test
  void aBrokerThatComesBackWithItsStateGoesOn() throws Exception {
    config.put("sagui.fetch.rate", "300000");
    Path state = folder.resolve("kept");
    restartBroker(state);
    config.put("sagui.mqtt.url", broker.url().toString());
    serveFirst(folder);
    want(2, second);
    controller.awaitSlot(slot -> slot.state() == SlotState.FETCHING && slot.chunksHave() >= 2);
    mark();
    restartBroker(state);
    awaitCommitted("v2", 60); // it is not told again
    row("F5 broker lost", "restarted with its state mid-fetch", "v1 serves, the pull goes on");
  }

  private void restartBroker(Path state) throws Exception {
    int port = broker.port();
    controller.close();
    broker.close();
    broker = TestBroker.withState(state, port);
    controller = new ControllerOnWire(broker.url(), TOPICS, DEVICE, fake);
  }
}
