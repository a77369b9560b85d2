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
import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.device.Budget;
import dev.sagui.entropy.Coding;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.FailureKind;
import dev.sagui.failure.RejectedException;
import dev.sagui.manifest.ManifestCheck;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fetch with a controller that codes chunks. */
class CodedFetchTest {
  private static final Artifact MODEL = int8Weights(3 * ChunkTable.CHUNK_BYTES + 777);
  @TempDir Path home;
  private final FakeController controller = new FakeController();
  private final Release release = controller.release("vae", 1, MODEL);
  private ArtifactStore store;
  private long now;

  private static Artifact int8Weights(int length) {
    Random random = new Random(1);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) Math.max(-127, Math.min(127, Math.round(20 * random.nextGaussian())));
    }
    return new Artifact(bytes);
  }

  @BeforeEach
  void open() throws IOException {
    store = new ArtifactStore(home);
    controller.code();
  }

  @Test
  void takesFewerBytesThanTheFileHas() throws IOException {
    ReleaseFetch fetch = fetch();
    run(fetch);
    assertArrayEquals(MODEL.bytes(), Files.readAllBytes(store.find(MODEL.digest()).orElseThrow()));
    assertTrue(
        fetch.progress().wireBytes() < 0.82 * MODEL.bytes().length,
        () -> fetch.progress().wireBytes() + " bytes");
  }

  @Test
  void aCodedChunkThatIsCorruptTwiceIsAskedForAgain() throws IOException {
    int[] bad = {0};
    controller.corrupt((file, index) -> file.equals(MODEL.digest()) && index == 1 && ++bad[0] <= 2);
    run(fetch());
    assertTrue(store.find(MODEL.digest()).isPresent());
  }

  @Test
  void aCodedChunkThatIsCorruptThreeTimesIsRefused() {
    controller.corrupt((artifact, index) -> artifact.equals(MODEL.digest()) && index == 1);
    RejectedException e = assertThrows(RejectedException.class, () -> run(fetch()));
    assertEquals(FailureKind.INTEGRITY, e.code().kind());
    assertTrue(e.getMessage().startsWith("file 'model.onnx', fetched 3 times"), e.getMessage());
    assertEquals(Optional.empty(), store.find(MODEL.digest()));
  }

  @Test
  void aCodeOfAnotherLengthIsWrong() throws IOException {
    ReleaseFetch fetch = fetch();
    untilModelIsAskedFor(fetch);
    ChunkRequest first = new ChunkRequest(MODEL.digest(), 1, ChunkSet.of(0), Coding.RANS);
    byte[] whole = controller.answer(first).get(0);
    byte[] coded = Arrays.copyOfRange(whole, ChunkResponse.HEADER_BYTES, whole.length);
    ChunkResponse last = ChunkResponse.parse(ChunkResponse.coded(MODEL.digest(), 3, coded));
    fetch.arrived(last, FakeController.SOURCE, now);
    fetch.arrived(last, FakeController.SOURCE, now);
    RejectedException e =
        assertThrows(
            RejectedException.class, () -> fetch.arrived(last, FakeController.SOURCE, now));
    assertEquals(FailureCode.MALFORMED_PAYLOAD, e.code());
  }

  private void untilModelIsAskedFor(ReleaseFetch fetch) throws IOException {
    Optional<ChunkRequest> request = fetch.due(now);
    while (!request.orElseThrow().artifact().equals(MODEL.digest())) {
      for (byte[] message : controller.answer(request.get())) {
        fetch.arrived(ChunkResponse.parse(message), FakeController.SOURCE, now);
      }
      request = fetch.due(now);
    }
  }

  private ReleaseFetch fetch() {
    ManifestCheck check = new ManifestCheck(List.of(controller.key().trusted()));
    Budget budget = new Budget(1 << 30, 1 << 30, 1_000);
    return new ReleaseFetch(
        release.target(),
        signed -> check.manifest(signed, FakeController.PROFILE, 0, budget),
        new Means(store, Means.Held.NOTHING, new Pace(0), Allowance.unlimited()));
  }

  private void run(ReleaseFetch fetch) throws IOException {
    for (int round = 0; !fetch.isDone(); round++) {
      assertTrue(round < 1_000, "stuck");
      now += 20_000_000;
      for (byte[] message : fetch.due(now).map(controller::answer).orElse(List.of())) {
        fetch.arrived(ChunkResponse.parse(message), FakeController.SOURCE, now);
      }
    }
    fetch.close();
  }
}
