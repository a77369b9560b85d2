/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.fetch.FakeController.Release;
import dev.sagui.agent.store.Artifact;
import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.agent.update.SlotRecord;
import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.Digest;
import dev.sagui.device.Budget;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseFetchTest {
  private static final Artifact MODEL = Artifact.ofChunks(11, 20);
  private static final Budget BUDGET = new Budget(1 << 30, 1 << 30, 1_000);
  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final Release release = controller.release("vae", 1, MODEL);
  private ArtifactStore store;
  private long now;

  @BeforeEach
  void open() throws IOException {
    store = new ArtifactStore(home);
  }

  @Test
  void pullsManifestTablesAndFilesAndNothingTwice() throws IOException {
    ReleaseFetch fetch = fetch(release.digest(), release.signed().bytes().length);
    run(fetch, () -> true);
    assertEquals(Optional.of(release.manifest()), fetch.manifest());
    assertArrayEquals(MODEL.bytes(), Files.readAllBytes(store.find(MODEL.digest()).orElseThrow()));
    assertTrue(store.find(release.manifest().golden().digest()).isPresent());
    assertEquals(21, fetch.progress().chunksTotal());
    assertEquals(21, fetch.progress().chunksHave());
    long expected =
        release.signed().bytes().length
            + release.manifest().flashBytes()
            + (long) Digest.BYTES * fetch.progress().chunksTotal();
    assertEquals(expected, fetch.progress().wireBytes());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void completesWhenAThirdOfTheMessagesIsLost(long seed) throws IOException {
    Random random = new Random(seed);
    ReleaseFetch fetch = fetch(release.digest(), release.signed().bytes().length);
    run(fetch, () -> random.nextInt(3) > 0);
    assertTrue(store.find(MODEL.digest()).isPresent());
  }

  @Test
  void namesFileAndChunkThatWasCorruptThreeTimes() throws IOException {
    controller.corrupt((artifact, index) -> artifact.equals(MODEL.digest()) && index == 17);
    RejectedException e = refused();
    assertEquals(FailureCode.CHUNK_DIGEST_MISMATCH, e.code());
    assertTrue(e.getMessage().startsWith("file 'model.onnx', fetched 3 times: chunk 17 of 20"));
    assertEquals(3, askedFor(MODEL.digest(), 17));
    assertTrue(store.find(MODEL.digest()).isEmpty());
  }

  @Test
  void aChunkThatIsCorruptTwiceDoesNoHarm() throws IOException {
    int[] bad = {0};
    controller.corrupt(
        (artifact, index) -> artifact.equals(MODEL.digest()) && index == 4 && ++bad[0] <= 2);
    run(fetch(release.digest(), release.signed().bytes().length), () -> true);
    assertTrue(store.find(MODEL.digest()).isPresent());
  }

  @Test
  void refusesAManifestThatIsCorruptThreeTimes() {
    controller.corrupt((artifact, index) -> artifact.equals(release.digest()));
    RejectedException e = refused();
    assertEquals(FailureCode.ARTIFACT_DIGEST_MISMATCH, e.code());
    assertTrue(e.getMessage().startsWith("signed manifest, fetched 3 times"), e.getMessage());
  }

  @Test
  void refusesAChunkTableThatIsCorruptThreeTimes() {
    Digest table = release.file().chunks();
    controller.corrupt((artifact, index) -> artifact.equals(table));
    RejectedException e = refused();
    assertEquals(FailureCode.ARTIFACT_DIGEST_MISMATCH, e.code());
    assertTrue(e.getMessage().startsWith("chunk table of file 'model.onnx'"), e.getMessage());
    assertEquals(3, askedFor(table, 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, (4 << 20) + 1, Long.MAX_VALUE})
  void readsNoManifestOfAnImpossibleSize(long size) {
    ReleaseFetch fetch = fetch(release.digest(), size);
    RejectedException e = assertThrows(RejectedException.class, () -> run(fetch, () -> true));
    assertEquals(FailureCode.PAYLOAD_TOO_LARGE, e.code());
    assertEquals(List.of(), controller.heard());
  }

  @Test
  void refusesAManifestOfMoreBytesThanWasSaid() {
    ReleaseFetch fetch = fetch(release.digest(), release.signed().bytes().length - 1);
    RejectedException e = assertThrows(RejectedException.class, () -> run(fetch, () -> true));
    assertEquals(FailureCode.CHUNK_TOO_LONG, e.code());
  }

  @Test
  void ignoresForeignArtifactsAndChunksThatDoNotExist() throws IOException {
    ReleaseFetch fetch = untilModelIsAskedFor();
    long before = fetch.progress().chunksHave();
    for (int index : new int[] {-1, 20, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      fetch.arrived(parse(MODEL.digest(), index, MODEL.chunk(0)), FakeController.SOURCE, now);
    }
    fetch.arrived(parse(Digest.of(new byte[] {9}), 0, MODEL.chunk(0)), FakeController.SOURCE, now);
    assertEquals(before, fetch.progress().chunksHave());
    run(fetch, () -> true);
    assertTrue(store.find(MODEL.digest()).isPresent());
  }

  @Test
  void aRightChunkUnderAnotherIndexIsWrong() throws IOException {
    ReleaseFetch fetch = untilModelIsAskedFor();
    ChunkResponse swapped = parse(MODEL.digest(), 1, MODEL.chunk(0));
    fetch.arrived(swapped, FakeController.SOURCE, now);
    fetch.arrived(swapped, FakeController.SOURCE, now);
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> fetch.arrived(swapped, FakeController.SOURCE, now));
    assertEquals(FailureCode.CHUNK_DIGEST_MISMATCH, e.code());
  }

  @Test
  void aLastChunkThatIsTooLongIsWrong() throws IOException {
    ReleaseFetch fetch = untilModelIsAskedFor();
    ChunkResponse tooLong = parse(MODEL.digest(), 19, MODEL.chunk(0));
    fetch.arrived(tooLong, FakeController.SOURCE, now);
    fetch.arrived(tooLong, FakeController.SOURCE, now);
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> fetch.arrived(tooLong, FakeController.SOURCE, now));
    assertEquals(FailureCode.CHUNK_TOO_LONG, e.code());
  }

  @Test
  void waitsForWhatTheControllerDoesNotHaveYet() throws IOException {
    controller.forget(MODEL.digest());
    ReleaseFetch fetch = untilModelIsAskedFor();
    fetch.arrived(
        ChunkResponse.parse(ChunkResponse.missing(MODEL.digest())), FakeController.SOURCE, now);
    assertEquals(Optional.empty(), fetch.due(now + 1_900_000_000L));
    controller.keep(MODEL);
    run(fetch, () -> true);
    assertTrue(store.find(MODEL.digest()).isPresent());
  }

  @Test
  void asksAfterARestartOnlyForWhatIsMissing() throws IOException {
    ReleaseFetch first = untilModelIsAskedFor();
    for (int index : new int[] {0, 3, 19}) {
      first.arrived(parse(MODEL.digest(), index, MODEL.chunk(index)), FakeController.SOURCE, now);
    }
    first.close();
    controller.heard().clear();
    store = new ArtifactStore(home);
    ReleaseFetch second = fetch(release.digest(), release.signed().bytes().length);
    ChunkRequest request = second.due(now).orElseThrow();
    assertEquals(MODEL.digest(), request.artifact());
    ChunkSet missing = ChunkSet.of(1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18);
    assertEquals(missing, request.missing());
    assertEquals(3, second.progress().chunksHave());
    second.reconnected();
    run(second, () -> true);
    assertEquals(0, askedFor(release.digest(), 0));
    assertTrue(store.find(MODEL.digest()).isPresent());
  }

  @Test
  void finishesAFileWhoseLastStepWasCutOff() throws IOException {
    ReleaseFetch first = untilModelIsAskedFor();
    first.close();
    try (var part = store.part(MODEL.digest(), MODEL.table())) {
      for (int i = 0; i < MODEL.count(); i++) {
        part.write(i, MODEL.chunk(i), 0, MODEL.chunk(i).length);
      }
    }
    controller.heard().clear();
    run(fetch(release.digest(), release.signed().bytes().length), () -> true);
    assertEquals(0, askedFor(MODEL.digest(), 0));
    assertTrue(store.find(MODEL.digest()).isPresent());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void partsOfAChunkAndThoseWhoKnowNoneBringARelease(boolean parts) throws IOException {
    if (!parts) {
      controller.growOld();
    }
    Random random = new Random(7);
    run(fetch(release.digest(), release.signed().bytes().length), () -> random.nextInt(3) > 0);
    assertTrue(store.find(MODEL.digest()).isPresent());
    assertTrue(controller.heard().stream().anyMatch(request -> request.part().isPresent()));
  }

  private ReleaseFetch fetch(Digest manifest, long bytes) {
    ManifestCheck check = new ManifestCheck(List.of(controller.key().trusted()));
    return new ReleaseFetch(
        new SlotRecord.Target(manifest, bytes),
        signed -> check.manifest(signed, FakeController.PROFILE, 0, BUDGET),
        new Means(store, Means.Held.NOTHING, KnownLine.of(new Pace(0)), Allowance.unlimited()));
  }

  private RejectedException refused() {
    ReleaseFetch fetch = fetch(release.digest(), release.signed().bytes().length);
    return assertThrows(RejectedException.class, () -> run(fetch, () -> true));
  }

  private ReleaseFetch untilModelIsAskedFor() throws IOException {
    ReleaseFetch fetch = fetch(release.digest(), release.signed().bytes().length);
    Optional<ChunkRequest> request = fetch.due(now);
    while (!request.orElseThrow().artifact().equals(MODEL.digest())) {
      for (byte[] message : controller.answer(request.get())) {
        fetch.arrived(ChunkResponse.parse(message), FakeController.SOURCE, now);
      }
      request = fetch.due(now);
    }
    return fetch;
  }

  /** Runs until all is here; {@code passes} says whether a message gets through. */
  private void run(ReleaseFetch fetch, BooleanSupplier passes) throws IOException {
    for (int round = 0; !fetch.isDone(); round++) {
      assertTrue(round < 400_000, "stuck");
      now += 20_000_000;
      Optional<ChunkRequest> request = fetch.due(now);
      if (request.isPresent() && passes.getAsBoolean()) {
        for (byte[] message : controller.answer(request.get())) {
          if (passes.getAsBoolean()) {
            fetch.arrived(ChunkResponse.parse(message), FakeController.SOURCE, now);
          }
        }
      }
    }
    fetch.close();
  }

  private static ChunkResponse parse(Digest artifact, int index, byte[] bytes) {
    return ChunkResponse.parse(FakeController.message(artifact, index, bytes));
  }

  private long askedFor(Digest artifact, int index) {
    return controller.heard().stream()
        .filter(request -> request.artifact().equals(artifact))
        .filter(request -> request.missing().first(request.window()).contains(index))
        .count();
  }
}
