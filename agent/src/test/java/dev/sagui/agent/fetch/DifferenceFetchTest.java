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
import dev.sagui.artifact.Difference;
import dev.sagui.device.Budget;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fetch of a fine-tune on a device that has what it was tuned from. */
class DifferenceFetchTest {
  private static final int SIZE = 6 * ChunkTable.CHUNK_BYTES + 777;
  private static final Artifact BASE = int8Weights(0);
  private static final Artifact TUNED = int8Weights(0.02);

  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final Release base = controller.release("vae", 1, BASE);
  private final Release tuned = controller.release("vae", 2, TUNED, BASE);
  private final Set<Integer> fetched = new TreeSet<>();
  private ArtifactStore store;
  private long now;

  /** Seeded weights of which a share was moved by one step. */
  private static Artifact int8Weights(double moved) {
    Random random = new Random(1);
    Random moves = new Random(2);
    byte[] bytes = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      int step = moves.nextDouble() < moved ? 1 : 0;
      bytes[i] = (byte) (Math.round(20 * random.nextGaussian()) + step);
    }
    return new Artifact(bytes);
  }

  @BeforeEach
  void haveTheBase() throws IOException {
    store = new ArtifactStore(home);
    run(fetch(base));
    fetched.clear();
  }

  @Test
  void aFineTuneComesAsItsDifference() throws IOException {
    Progress progress = take(tuned);
    assertEquals(Set.of(), fetched);
    assertTrue(progress.wireBytes() < 0.05 * SIZE, progress.wireBytes() + " bytes");
    assertTrue(progress.saved().difference() > 0.95 * SIZE, progress.saved() + "");
    Difference difference = difference();
    assertEquals(Optional.empty(), store.find(difference.digest()), "it is of no more use");
  }

  @Test
  void withoutTheBaseAllChunksAreFetched() throws IOException {
    store.drop(BASE.digest());
    Progress progress = take(tuned);
    assertEquals(Set.of(0, 1, 2, 3, 4, 5, 6), fetched);
    assertEquals(0, progress.saved().difference());
  }

  @Test
  void whatTheDiskChangedOfTheBaseIsFetched() throws IOException {
    Path file = store.find(BASE.digest()).orElseThrow();
    byte[] rotten = Files.readAllBytes(file);
    rotten[2 * ChunkTable.CHUNK_BYTES + 9] ^= 4;
    Files.write(file, rotten);
    take(tuned);
    assertEquals(Set.of(2), fetched);
  }

  @Test
  void aDifferenceThatTheControllerDoesNotHaveIsLeft() throws IOException {
    controller.forget(difference().digest());
    take(tuned);
    assertEquals(Set.of(0, 1, 2, 3, 4, 5, 6), fetched);
  }

  @Test
  void aDifferenceThatIsCorruptThreeTimesIsLeft() throws IOException {
    controller.corrupt((artifact, index) -> artifact.equals(difference().digest()));
    take(tuned);
    assertEquals(Set.of(0, 1, 2, 3, 4, 5, 6), fetched);
    assertEquals(0, Files.list(home.resolve("parts")).count(), "nothing of it stays");
  }

  @Test
  void aDifferenceOfOtherFilesDoesNoHarm() throws IOException {
    Artifact other = Artifact.ofChunks(7, 7);
    Difference wrong = controller.difference(BASE, other);
    Release release =
        controller
            .release("vae", 2, TUNED)
            .with(
                new Difference(
                    TUNED.digest(),
                    wrong.base(),
                    wrong.digest(),
                    wrong.sizeBytes(),
                    wrong.chunks()));
    take(release);
    assertEquals(Set.of(0, 1, 2, 3, 4, 5, 6), fetched);
  }

  @Test
  void aCutInTheMiddleCostsOnlyWhatWasInFlight() throws IOException {
    ReleaseFetch first = fetch(tuned);
    for (int round = 0; round < 4; round++) {
      step(first); // manifest, tables, and the difference, which is not applied yet
    }
    first.close();
    store = new ArtifactStore(home);
    Progress progress = take(tuned);
    assertEquals(Set.of(), fetched);
    assertTrue(progress.wireBytes() < 0.05 * SIZE, progress.wireBytes() + " bytes");
  }

  private Difference difference() {
    return tuned.differences().get(0);
  }

  private Progress take(Release release) throws IOException {
    ReleaseFetch fetch = fetch(release);
    run(fetch);
    Artifact file = TUNED;
    assertArrayEquals(file.bytes(), Files.readAllBytes(store.find(file.digest()).orElseThrow()));
    return fetch.progress();
  }

  private ReleaseFetch fetch(Release release) {
    ManifestCheck check = new ManifestCheck(List.of(controller.key().trusted()));
    Budget budget = new Budget(1 << 30, 1 << 30, 1_000);
    return new ReleaseFetch(
        release.target(),
        signed -> check.manifest(signed, FakeController.PROFILE, 0, budget),
        new Means(store, base.manifest()::flashFiles, new Pace(0), Allowance.unlimited()));
  }

  private void run(ReleaseFetch fetch) throws IOException {
    for (int round = 0; !fetch.isDone(); round++) {
      assertTrue(round < 1_000, "stuck");
      step(fetch);
    }
    fetch.close();
  }

  private void step(ReleaseFetch fetch) throws IOException {
    now += 20_000_000;
    Optional<ChunkRequest> due = fetch.due(now);
    for (byte[] message : due.map(controller::answer).orElse(List.of())) {
      ChunkResponse response = ChunkResponse.parse(message);
      if (fetch.arrived(response, FakeController.SOURCE, now)
          && response.artifact().equals(TUNED.digest())) {
        fetched.add(response.index());
      }
    }
  }
}
