/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.server.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ArtifactName;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.manifest.Difference;
import dev.sagui.server.catalog.Release;
import dev.sagui.server.catalog.StoredFile;
import dev.sagui.server.store.BlobFolder;
import dev.sagui.server.store.Database;
import dev.sagui.server.store.ReleaseStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DifferencesTest {
  private static final ArtifactName MODEL = new ArtifactName("decoder");
  private static final int SIZE = 4 * ChunkTable.CHUNK_BYTES;

  @TempDir Path folder;
  private Database database;
  private BlobFolder blobs;
  private ReleaseStore releases;
  private long sequence;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(folder.resolve("sagui.db"));
    blobs = new BlobFolder(folder.resolve("blobs"), 1 << 30);
    releases = new ReleaseStore(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void aFineTuneHasADifferenceFromWhatWasReleasedBefore() throws IOException {
    StoredFile base = released("model.onnx", weights(1, 0));
    StoredFile tuned = stored("model.onnx", weights(1, 0.02));
    Difference difference = of(tuned).get(0);
    assertEquals(base.digest(), difference.base());
    assertTrue(difference.sizeBytes() < 0.05 * SIZE, difference.sizeBytes() + " bytes");
    assertTrue(Files.exists(blobs.path(difference.digest())));
    assertTrue(Files.exists(blobs.path(difference.chunks())));
    try (var left = Files.list(folder.resolve("blobs/incoming"))) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void aFineTuneOfAnotherNameHasADifferenceFromItsBase() throws IOException {
    StoredFile base = released("decoder.onnx", weights(1, 0));
    StoredFile tuned = stored("decoder-for-shoes.onnx", weights(1, 0.02));
    ArtifactName fresh = new ArtifactName("decoder-for-shoes");
    List<Difference> found =
        new Differences(releases, blobs).of(fresh, List.of(tuned)).get(tuned.digest());
    assertEquals(List.of(base.digest()), found.stream().map(Difference::base).toList());
  }

  @Test
  void otherWeightsAndTheSameFileHaveNone() throws IOException {
    StoredFile same = released("model.onnx", weights(1, 0));
    assertEquals(List.of(), of(same));
    assertEquals(List.of(), of(stored("model.onnx", weights(2, 0))));
  }

  @Test
  void theNewestTwoOfThemAreEnough() throws IOException {
    released("model.onnx", weights(1, 0));
    StoredFile second = released("model.onnx", weights(1, 0.01));
    StoredFile third = released("model.onnx", weights(1, 0.02));
    List<Difference> found = of(stored("model.onnx", weights(1, 0.03)));
    assertEquals(
        List.of(third.digest(), second.digest()), found.stream().map(Difference::base).toList());
  }

  private List<Difference> of(StoredFile file) {
    return new Differences(releases, blobs).of(MODEL, List.of(file)).get(file.digest());
  }

  private StoredFile released(String name, byte[] bytes) throws IOException {
    StoredFile file = stored(name, bytes);
    releases.add(
        new Release(
            Digest.of(new byte[] {(byte) ++sequence}),
            MODEL,
            new ArtifactName("int8"),
            sequence,
            List.of(new ArtifactName("raspberry-pi-5")),
            SIZE,
            1,
            List.of(file, stored("golden.safetensors", new byte[] {1})),
            Instant.EPOCH));
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
