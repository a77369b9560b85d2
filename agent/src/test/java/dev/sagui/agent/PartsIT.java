/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.Allowance;
import dev.sagui.agent.fetch.FakeController;
import dev.sagui.agent.fetch.Means;
import dev.sagui.agent.fetch.Pace;
import dev.sagui.agent.fetch.ReleaseFetch;
import dev.sagui.agent.link.Cable;
import dev.sagui.agent.link.Cable.Trouble;
import dev.sagui.agent.link.Link;
import dev.sagui.agent.link.PahoLink;
import dev.sagui.agent.link.TestBroker;
import dev.sagui.agent.store.Artifact;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.device.Budget;
import dev.sagui.device.DeviceId;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.wire.Channel;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import dev.sagui.wire.DeviceState;
import dev.sagui.wire.Topics;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chunks that no packet or connection carries whole, over a real broker. */
class PartsIT {
  private static final Topics TOPICS = new Topics("sagui", "default");
  private static final DeviceId DEVICE = new DeviceId("kitchen");
  private static final Budget BUDGET = new Budget(1 << 30, 1 << 30, 1_000);
  private static final Artifact FILE = noise(ChunkTable.CHUNK_BYTES + 30_000);

  @TempDir Path folder;
  private final FakeController fake = new FakeController();
  private final BlockingQueue<Optional<byte[]>> heard = new LinkedBlockingQueue<>();

  private static Artifact noise(int length) {
    byte[] bytes = new byte[length];
    new Random(5).nextBytes(bytes);
    return new Artifact(bytes);
  }

  /** Pulls a release of {@link #FILE}; what was asked for. */
  private List<ChunkRequest> pull(URI url, TestBroker broker) throws Exception {
    FakeController.Release release = fake.release("vae", 1, FILE);
    ArtifactStore store = new ArtifactStore(folder.resolve("store"));
    try (ControllerOnWire controller = new ControllerOnWire(broker.url(), TOPICS, DEVICE, fake);
        PahoLink link = link(url)) {
      LinkSource source = new LinkSource(link, System::nanoTime);
      Pace pace = new Pace(0, source::window);
      Means means = new Means(store, Means.Held.NOTHING, pace, Allowance.unlimited());
      ReleaseFetch fetch = fetch(release, means);
      while (!fetch.isDone()) {
        step(fetch, source);
      }
      fetch.close();
      assertEquals(0, controller.reportsHeard());
    }
    Path file = store.find(FILE.digest()).orElseThrow();
    assertArrayEquals(FILE.bytes(), Files.readAllBytes(file));
    return fake.heard().stream().filter(one -> one.artifact().equals(FILE.digest())).toList();
  }

  private ReleaseFetch fetch(FakeController.Release release, Means means) {
    ManifestCheck check = new ManifestCheck(List.of(fake.key().trusted()));
    return new ReleaseFetch(
        release.target(),
        signed -> check.manifest(signed, FakeController.PROFILE, 0, BUDGET),
        means);
  }

  private void step(ReleaseFetch fetch, LinkSource source) throws Exception {
    if (source.window() > 0) {
      fetch.due(System.nanoTime()).ifPresent(source::ask);
    }
    Optional<byte[]> message = heard.poll(20, TimeUnit.MILLISECONDS);
    if (message == null) {
      return;
    }
    if (message.isEmpty()) {
      fetch.reconnected();
    } else {
      fetch.arrived(ChunkResponse.parse(message.get()), source, System.nanoTime());
    }
  }

  private PahoLink link(URI url) {
    Link.Listener listener =
        new Link.Listener() {
          @Override
          public void connected() {
            heard.add(Optional.empty());
          }

          @Override
          public void arrived(Channel channel, byte[] payload) {
            heard.add(Optional.of(payload));
          }
        };
    PahoLink.Target target =
        new PahoLink.Target(
            url,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            TOPICS,
            DEVICE,
            new DeviceState(DEVICE, "i1", false, Optional.empty(), Optional.empty()).encode());
    return PahoLink.start(target, listener, new Random(1));
  }

  @Test
  void aConnectionThatBreaksBeforeAWholeChunkIsThroughBringsParts() throws Exception {
    try (TestBroker broker = new TestBroker(folder.resolve("broker"), 0);
        Cable cable = new Cable(broker.port())) {
      cable.resetAfter(80_000);
      cable.fail(Trouble.RESETS);
      List<ChunkRequest> asked = pull(cable.url(), broker);
      assertTrue(asked.stream().anyMatch(one -> one.part().isPresent()), asked.toString());
      assertTrue(
          asked.stream().anyMatch(one -> one.part().filter(part -> part.from() > 0).isPresent()),
          "what came stayed: " + asked);
    }
  }

  @Test
  void packetsThatHoldNoWholeChunkBringParts() throws Exception {
    try (TestBroker broker = TestBroker.withPackets(folder.resolve("broker"), 20_000)) {
      List<ChunkRequest> asked = pull(broker.url(), broker);
      assertEquals(2, asked.size(), asked.toString());
      for (ChunkRequest one : asked) {
        assertTrue(one.part().orElseThrow().most() < 20_000);
      }
    }
  }
}
