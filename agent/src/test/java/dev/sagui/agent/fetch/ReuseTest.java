/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController.Release;
import dev.sagui.agent.store.Artifact;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.device.Budget;
import dev.sagui.manifest.FileEntry;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fetch of a release on a device that has other files. */
class ReuseTest {
  private static final int CHUNK = ChunkTable.CHUNK_BYTES;
  private static final Artifact OLD = Artifact.ofChunks(11, 40);

  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final Release old = controller.release("vae", 1, OLD);
  private final Set<Integer> fetched = new TreeSet<>();
  private ArtifactStore store;
  private long now;

  @BeforeEach
  void haveTheOldModel() throws IOException {
    store = new ArtifactStore(home);
    run(fetch(old, Means.Held.NOTHING));
    fetched.clear();
  }

  @Test
  void fetchesOnlyTheChunksThatChanged() throws IOException {
    byte[] bytes = OLD.bytes().clone();
    bytes[7 * CHUNK + 5] ^= 1;
    bytes[39 * CHUNK] ^= 1;
    ReleaseFetch fetch = takes(new Artifact(bytes));
    assertEquals(Set.of(7, 39), fetched);
    assertEquals(38L * CHUNK, fetch.progress().saved().reused());
    assertTrue(fetch.progress().wireBytes() < 2L * CHUNK, fetch.progress().wireBytes() + " bytes");
  }

  @Test
  void findsChunksAtOtherPlacesAndMoreThanOnce() throws IOException {
    byte[] bytes = new byte[5 * CHUNK];
    System.arraycopy(OLD.chunk(30), 0, bytes, 0, CHUNK);
    System.arraycopy(OLD.chunk(2), 0, bytes, CHUNK, CHUNK);
    System.arraycopy(OLD.chunk(30), 0, bytes, 4 * CHUNK, CHUNK);
    takes(new Artifact(bytes));
    assertEquals(Set.of(2, 3), fetched);
  }

  @Test
  void fetchesAChunkWhoseCopyTheDiskHasChanged() throws IOException {
    Path file = store.find(OLD.digest()).orElseThrow();
    byte[] rotten = Files.readAllBytes(file);
    rotten[3 * CHUNK] ^= 1;
    Files.write(file, Arrays.copyOf(rotten, 39 * CHUNK)); // and its end is gone
    takes(new Artifact(Arrays.copyOf(OLD.bytes(), OLD.bytes().length + 1)));
    assertEquals(Set.of(3, 39), fetched);
  }

  @Test
  void whatIsNamedButNotOnTheDiskDoesNoHarm() throws IOException {
    Artifact other = Artifact.ofChunks(12, 3);
    Release absent = controller.release("vae", 2, Artifact.ofChunks(13, 3));
    Release release = controller.release("vae", 3, other);
    run(fetch(release, () -> absent.manifest().flashFiles()));
    assertEquals(Set.of(0, 1, 2), fetched);
  }

  private ReleaseFetch takes(Artifact file) throws IOException {
    Release release = controller.release("vae", 2, file);
    List<FileEntry> held = old.manifest().flashFiles();
    ReleaseFetch fetch = fetch(release, () -> held);
    run(fetch);
    assertArrayEquals(file.bytes(), Files.readAllBytes(store.find(file.digest()).orElseThrow()));
    return fetch;
  }

  private ReleaseFetch fetch(Release release, Means.Held held) {
    ManifestCheck check = new ManifestCheck(List.of(controller.key().trusted()));
    Budget budget = new Budget(1 << 30, 1 << 30, 1_000);
    return new ReleaseFetch(
        release.target(),
        signed -> check.manifest(signed, FakeController.PROFILE, 0, budget),
        new Means(store, held, new Pace(0), Allowance.unlimited()));
  }

  private void run(ReleaseFetch fetch) throws IOException {
    for (int round = 0; !fetch.isDone(); round++) {
      assertTrue(round < 1_000, "stuck");
      now += 20_000_000;
      Optional<ChunkRequest> due = fetch.due(now);
      for (byte[] message : due.map(controller::answer).orElse(List.of())) {
        ChunkResponse response = ChunkResponse.parse(message);
        if (fetch.arrived(response, FakeController.SOURCE, now) && isOfAFile(fetch, response)) {
          fetched.add(response.index());
        }
      }
    }
    fetch.close();
  }

  private static boolean isOfAFile(ReleaseFetch fetch, ChunkResponse response) {
    return fetch
        .manifest()
        .filter(is -> is.files().get(0).digest().equals(response.artifact()))
        .isPresent();
  }
}
