/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.BlobServer.Fault;
import dev.sagui.agent.store.Artifact;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.Digest;
import dev.sagui.device.Budget;
import dev.sagui.entropy.Coding;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Chunks of a real web server, which errs in each way. */
class HttpSourceIT extends ChunkSourceContract {
  private static final Artifact MODEL = Artifact.ofChunks(5, 70);
  private static final Budget BUDGET = new Budget(1 << 30, 1 << 30, 1_000);

  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final FakeController.Release release = controller.release("vae", 1, MODEL);
  private final BlockingQueue<byte[]> came = new LinkedBlockingQueue<>();
  private BlobServer server;
  private HttpSource source;

  @BeforeEach
  void start() throws Exception {
    server = new BlobServer();
    server.keep(MODEL);
    server.keep(MODEL.tableBytes());
    server.keep(release.signed());
    server.keep(FakeController.golden(2));
    server.keep(FakeController.golden(2).tableBytes());
    source =
        new HttpSource(
            server.address(),
            new HttpSource.Taker() {
              @Override
              public void arrived(HttpSource from, byte[] message) {
                came.add(message);
              }

              @Override
              public void failed() {
                came.add(new byte[0]);
              }
            },
            System::nanoTime,
            Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected ChunkSource source(Artifact artifact) {
    server.keep(artifact);
    return source;
  }

  @Override
  protected List<byte[]> come() throws InterruptedException {
    List<byte[]> all = new ArrayList<>();
    for (byte[] message = came.poll(10, TimeUnit.SECONDS);
        message != null && message.length > 0;
        message = came.poll(200, TimeUnit.MILLISECONDS)) {
      all.add(message);
    }
    return all;
  }

  @Test
  void bringsAWholeReleaseOverOneConnection() throws Exception {
    fetch();
    assertEquals(List.of(), controller.heard());
    assertEquals(1, server.connections());
    assertTrue(server.ranges().size() < 40, server.ranges().toString());
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void whateverTheServerDoesTheReleaseComesWhole(Fault fault) throws Exception {
    server.err(fault, fault == Fault.NONE ? 0 : 6);
    fetch();
    boolean byMqtt =
        controller.heard().stream().anyMatch(asked -> asked.artifact().equals(MODEL.digest()));
    assertEquals(fault != Fault.NONE, byMqtt);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {
        "IGNORES_RANGE",
        "WRONG_CONTENT_RANGE",
        "NO_CONTENT_RANGE",
        "FLIPS_A_BIT",
        "CHANGES_ITS_TAG",
        "NOT_FOUND",
        "GONE",
        "FORBIDDEN",
        "COMPRESSES"
      })
  void aServerThatIsNoGoodIsLeftForGood(Fault fault) throws Exception {
    server.err(fault, 6);
    fetch();
    int asked = server.ranges().size();
    server.err(Fault.NONE, 0);
    Digest any = MODEL.digest();
    assertFalse(source.ask(new ChunkRequest(any, 1, ChunkSet.of(0), Coding.NONE)));
    assertEquals(asked, server.ranges().size());
    assertTrue(asked <= 8, asked + " requests");
  }

  @Test
  void aServerThatSaysAtOnceIsNotAskedInALoop() throws Exception {
    server.err(Fault.BUSY_BUT_AT_ONCE, 0);
    ChunkRequest request = new ChunkRequest(MODEL.digest(), 1, ChunkSet.of(0), Coding.NONE);
    assertTrue(source.ask(request));
    came.take();
    assertFalse(source.ask(request));
    assertEquals(1, server.ranges().size());
  }

  @Test
  void aWrongManifestIsFetchedAnewFromTheController() throws Exception {
    server.err(Fault.FLIPS_A_BIT, 0);
    fetch();
    assertEquals(release.digest(), controller.heard().get(0).artifact());
    assertEquals(1, server.ranges().size());
  }

  @Test
  void goesOnFromWhatIsHereAlready() throws Exception {
    ArtifactStore store = new ArtifactStore(home);
    try (var part = store.part(MODEL.digest(), MODEL.table())) {
      for (int i = 0; i < 50; i++) {
        part.write(i, MODEL.chunk(i), 0, MODEL.chunk(i).length);
      }
    }
    fetch();
    assertTrue(server.ranges().contains("bytes=%d-%d".formatted(50 * 122_880, 66 * 122_880 - 1)));
    assertFalse(server.ranges().contains("bytes=0-%d".formatted(16 * 122_880 - 1)));
  }

  /** Pulls the release from the web server, and from the controller what that does not bring. */
  private void fetch() throws Exception {
    ManifestCheck check = new ManifestCheck(List.of(controller.key().trusted()));
    ArtifactStore store = new ArtifactStore(home);
    try (ReleaseFetch fetch =
        new ReleaseFetch(
            release.target(),
            signed -> check.manifest(signed, FakeController.PROFILE, 0, BUDGET),
            new Means(
                store, Means.Held.NOTHING, KnownLine.of(new Pace(0)), Allowance.unlimited()))) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!fetch.isDone()) {
        assertTrue(System.nanoTime() < end, "stuck, asked " + server.ranges());
        step(fetch);
      }
    }
    assertArrayEquals(MODEL.bytes(), Files.readAllBytes(store.find(MODEL.digest()).orElseThrow()));
  }

  private void step(ReleaseFetch fetch) throws Exception {
    Optional<ChunkRequest> due = fetch.due(System.nanoTime());
    if (due.isPresent() && !source.ask(due.get())) {
      for (byte[] message : controller.answer(due.get())) {
        fetch.arrived(ChunkResponse.parse(message), FakeController.SOURCE, System.nanoTime());
      }
    }
    byte[] message = came.poll(2, TimeUnit.MILLISECONDS);
    if (message != null && message.length == 0) {
      fetch.reconnected();
    } else if (message != null) {
      fetch.arrived(ChunkResponse.parse(message), source, System.nanoTime());
      source.done(message); // another chunk may come in it
    }
  }
}
