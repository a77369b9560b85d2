/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Difference;
import dev.sagui.artifact.Digest;
import dev.sagui.artifact.FetchTerms;
import dev.sagui.device.DeviceId;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.manifest.SigningKey;
import dev.sagui.server.BornFacts;
import dev.sagui.server.catalog.DifferenceSet;
import dev.sagui.server.catalog.Release;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.rollout.MemoryLink;
import dev.sagui.server.rollout.Target;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.DesiredStore;
import dev.sagui.server.store.DeviceStore;
import dev.sagui.server.store.DifferenceStore;
import dev.sagui.server.store.EventStore;
import dev.sagui.server.store.ReleaseStore;
import dev.sagui.wire.DeviceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DifferencesTest {
  private static final ArtifactName MODEL = new ArtifactName("decoder");
  private static final String PI = "raspberry-pi-5";
  private static final Target PIS = new Target(Optional.of(PI), Optional.empty(), Optional.empty());
  private static final DeviceId DEVICE = new DeviceId("kitchen");
  private static final int SIZE = 4 * ChunkTable.CHUNK_BYTES;

  @TempDir Path folder;
  private final SigningKey key = new SigningKey(SigningKey.generate());
  private final MemoryLink link = new MemoryLink();
  private Database database;
  private BlobFolder blobs;
  private ReleaseStore releases;
  private DifferenceStore store;
  private Rollouts rollouts;
  private Differences differences;
  private long sequence;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(folder.resolve("sagui.db"));
    blobs = new BlobFolder(folder.resolve("blobs"), 1 << 30);
    releases = new ReleaseStore(database);
    store = new DifferenceStore(database);
    Clock clock = Clock.systemUTC();
    EventStore events = new EventStore(database);
    DeviceStore devices = new DeviceStore(database);
    rollouts = new Rollouts(devices, new DesiredStore(database), key, events, clock);
    Jobs jobs = new Jobs(database, new Jobs.Pool(1, Duration.ofMillis(200)));
    Differences.Shelf shelf = new Differences.Shelf(releases, blobs, clock);
    differences = new Differences(jobs, store, shelf, rollouts, events);
  }

  @AfterEach
  void close() {
    differences.close();
    database.close();
  }

  @Test
  void aFineTuneHasADifferenceFromWhatWasReleasedBefore() throws Exception {
    StoredFile base = released(MODEL, "model.onnx", weights(1, 0));
    StoredFile tuned = released(MODEL, "model.onnx", weights(1, 0.02));
    Difference difference = found(tuned).get(0);
    assertEquals(base.digest(), difference.base());
    assertTrue(difference.sizeBytes() < 0.05 * SIZE, difference.sizeBytes() + " bytes");
    assertTrue(Files.exists(blobs.path(difference.digest())));
    assertTrue(Files.exists(blobs.path(difference.chunks())));
    try (var left = Files.list(folder.resolve("blobs/incoming"))) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void aFineTuneOfAnotherNameHasADifferenceFromItsBase() throws Exception {
    StoredFile base = released(MODEL, "decoder.onnx", weights(1, 0));
    ArtifactName fresh = new ArtifactName("decoder-for-shoes");
    StoredFile tuned = released(fresh, "decoder-for-shoes.onnx", weights(1, 0.02));
    assertEquals(List.of(base.digest()), found(tuned).stream().map(Difference::base).toList());
  }

  @Test
  void otherWeightsAndTheSameFileHaveNone() throws Exception {
    released(MODEL, "model.onnx", weights(1, 0));
    released(MODEL, "model.onnx", weights(1, 0));
    assertEquals(List.of(), found(released(MODEL, "model.onnx", weights(2, 0))));
  }

  @Test
  void theNewestTwoOfThemAreEnough() throws Exception {
    released(MODEL, "model.onnx", weights(1, 0));
    StoredFile second = released(MODEL, "model.onnx", weights(1, 0.01));
    StoredFile third = released(MODEL, "model.onnx", weights(1, 0.02));
    List<Difference> found = found(released(MODEL, "model.onnx", weights(1, 0.03)));
    assertEquals(
        List.of(third.digest(), second.digest()), found.stream().map(Difference::base).toList());
  }

  @Test
  void devicesThatWaitForTheReleaseAreToldInTheirDesiredState() throws Exception {
    born();
    released(MODEL, "model.onnx", weights(1, 0));
    StoredFile tuned = released(MODEL, "model.onnx", weights(1, 0.02));
    Release release = releases.ofModel(MODEL, 1).get(0);
    rollouts.set(release, PIS, FetchTerms.atMost(9), Duration.ZERO, link);
    BlockingQueue<byte[]> heard = link.listen(DEVICE);
    assertEquals(List.of(), terms(heard).differences());
    List<Difference> found = found(tuned);
    assertEquals(FetchTerms.atMost(9).with(found), terms(heard));
  }

  @Test
  void whatAKilledProcessHadMadeIsNotMadeAgain() throws Exception {
    released(MODEL, "model.onnx", weights(1, 0));
    StoredFile tuned = released(MODEL, "model.onnx", weights(1, 0.02));
    Difference made = found(tuned).get(0);
    Release release = releases.ofModel(MODEL, 1).get(0);
    DifferenceSet half = new DifferenceSet(DifferenceSet.State.MAKING, 0.5, List.of(made));
    database.write(
        h -> {
          h.execute(
              "UPDATE differences SET state = 'MAKING', progress = 0.5 WHERE release = ?",
              release.id().hex());
          return h.execute(
              """
              INSERT INTO scheduled_tasks (task_name, task_instance, task_data, execution_time, picked, version)
              VALUES ('differences', ?, X'7B7D', 0, 0, 1)""",
              release.id().hex());
        });
    assertEquals(half, store.of(release.id()));
    differences.wake();
    assertEquals(List.of(made), awaitMade(release.id()).found());
  }

  private FetchTerms terms(BlockingQueue<byte[]> heard) throws InterruptedException {
    byte[] envelope = heard.poll(30, TimeUnit.SECONDS);
    return new ManifestCheck(List.of(key.trusted()))
        .desired(envelope, DEVICE, 0)
        .slots()
        .get(0)
        .terms();
  }

  /** What is made for a file, by jobs that begin now. */
  private List<Difference> found(StoredFile file) throws InterruptedException {
    differences.start(link);
    for (Release release : releases.list(0, 10)) {
      DifferenceSet made = awaitMade(release.id());
      if (release.files().contains(file)) {
        return made.found();
      }
    }
    throw new AssertionError("no release has it");
  }

  private DifferenceSet awaitMade(Digest release) throws InterruptedException {
    for (int i = 0; i < 1_200; i++) {
      DifferenceSet set = store.of(release);
      if (set.state() != DifferenceSet.State.MAKING) {
        assertEquals(DifferenceSet.State.MADE, set.state());
        return set;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("not made");
  }

  private void born() {
    DeviceState state = new DeviceState(DEVICE, "one", true, Optional.empty(), Optional.empty());
    new DeviceStore(database).born(state, BornFacts.of(PI, Map.of()), Instant.EPOCH);
  }

  private StoredFile released(ArtifactName model, String name, byte[] bytes) throws IOException {
    StoredFile file = stored(name, bytes);
    Release release =
        new Release(
            Digest.of(new byte[] {(byte) ++sequence}),
            model,
            new ArtifactName("int8"),
            sequence,
            List.of(new ArtifactName(PI)),
            SIZE,
            1,
            List.of(file, stored("golden.safetensors", new byte[] {1})),
            Instant.ofEpochMilli(sequence));
    releases.add(release, differences.order(release.id()));
    return file;
  }

  private StoredFile stored(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve("file");
    Files.write(file, bytes);
    return blobs.put(name, file);
  }

  /** Seeded int8 weights of which a share was moved by one step. */
  private static byte[] weights(long seed, double moved) {
    Random random = new Random(seed);
    Random moves = new Random(9);
    byte[] bytes = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      int step = moves.nextDouble() < moved ? 1 : 0;
      bytes[i] = (byte) (Math.round(20 * random.nextGaussian()) + step);
    }
    return bytes;
  }
}
