/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.failure.FailureCode;
import dev.sagui.failure.RejectedException;
import dev.sagui.wire.ChunkRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PullTest {
  private static final Digest ARTIFACT = Digest.of(new byte[] {1});
  private static final RejectedException WRONG =
      new RejectedException(FailureCode.CHUNK_DIGEST_MISMATCH, "chunk 3 is wrong");
  private static final long SECOND = 1_000_000_000L;

  @Test
  void asksForAWindowOfTheLowestMissingChunks() {
    Pull pull = pull(40);
    ChunkRequest request = pull.due(0).orElseThrow();
    assertEquals(ARTIFACT, request.artifact());
    assertEquals(16, request.window());
    assertEquals(ChunkSet.all(40), request.missing());
    assertEquals(Optional.empty(), pull.due(1));
  }

  @Test
  void asksAgainWhenHalfTheWindowHasCome() {
    Pull pull = pull(40);
    assertTrue(pull.due(0).isPresent());
    for (int i = 0; i < 7; i++) {
      pull.arrived(i, ChunkTable.CHUNK_BYTES, i);
      assertEquals(Optional.empty(), pull.due(i));
    }
    pull.arrived(7, ChunkTable.CHUNK_BYTES, 7);
    ChunkRequest next = pull.due(8).orElseThrow();
    assertEquals(8, next.window());
    assertEquals(16, next.missing().indices().min().orElseThrow());
  }

  @Test
  void tellsOfTroubleAfterAskingInVainAndUntilSomethingComes() {
    Pull pull = pull(2);
    for (int i = 1; i <= 3; i++) {
      assertEquals(Optional.empty(), pull.trouble());
      assertTrue(pull.due(100 * i * SECOND).isPresent());
      pull.unavailable(100 * i * SECOND);
    }
    assertTrue(pull.trouble().orElseThrow().contains("does not have it"));
    assertTrue(pull.due(1_000 * SECOND).isPresent());
    assertTrue(pull.due(2_000 * SECOND).isPresent()); // silence
    assertTrue(pull.trouble().orElseThrow().contains("no answer"));
    pull.arrived(0, ChunkTable.CHUNK_BYTES, 2_001 * SECOND);
    assertEquals(Optional.empty(), pull.trouble());
  }

  @Test
  void waitsTwiceAsLongAfterEachSilence() {
    Pull pull = pull(1);
    assertTrue(pull.due(0).isPresent());
    long now = 0;
    for (long seconds : new long[] {2, 4, 8, 16, 30, 30}) {
      assertEquals(Optional.empty(), pull.due(now + seconds * SECOND));
      now += seconds * SECOND + 1;
      assertTrue(pull.due(now).isPresent(), "after " + seconds + " s");
    }
  }

  @Test
  void patienceStartsAnewWhenAChunkCame() {
    Pull pull = pull(2);
    assertTrue(pull.due(0).isPresent());
    assertTrue(pull.due(2 * SECOND + 1).isPresent());
    pull.arrived(0, ChunkTable.CHUNK_BYTES, 3 * SECOND);
    assertTrue(pull.due(3 * SECOND).isPresent());
    assertEquals(Optional.empty(), pull.due(5 * SECOND));
    assertEquals(ChunkSet.of(1), pull.due(5 * SECOND + 1).orElseThrow().missing());
  }

  /** A line that takes six seconds for a chunk, behind a broker that keeps all it is given. */
  @Test
  void aSlowLineIsNotFilledWithChunksThatAreOnTheirWay() {
    Pull pull = pull(60);
    Deque<Integer> line = new ArrayDeque<>();
    int sent = 0;
    for (long tenth = 0; !pull.isDone(); tenth++) {
      long now = tenth * SECOND / 10;
      Optional<ChunkRequest> request = pull.due(now);
      if (request.isPresent()) {
        request.get().missing().first(request.get().window()).indices().forEach(line::add);
        sent += request.get().window();
      }
      if (tenth % 60 == 59 && !line.isEmpty()) {
        deliver(pull, new ArrayList<>(List.of(line.remove())), 1, now);
      }
    }
    assertTrue(sent <= 80, sent + " chunks sent for 60");
  }

  @Test
  void asksForLessAtOnceAfterASilence() {
    Pull pull = pull(40);
    assertEquals(16, pull.due(0).orElseThrow().window());
    assertEquals(8, pull.due(3 * SECOND).orElseThrow().window());
    assertEquals(4, pull.due(8 * SECOND).orElseThrow().window());
    for (int i = 0; i < 30; i++) {
      pull.arrived(i, ChunkTable.CHUNK_BYTES, 9 * SECOND);
    }
    assertEquals(10, pull.due(9 * SECOND).orElseThrow().window());
  }

  @Test
  void refusesWhatWasWrongThreeTimes() {
    Pull pull = pull(5);
    for (int attempt = 0; attempt < 2; attempt++) {
      assertTrue(pull.due(attempt).isPresent());
      pull.wrong(3, WRONG, attempt);
      assertTrue(pull.wants(3));
    }
    assertSame(WRONG, assertThrows(RejectedException.class, () -> pull.wrong(3, WRONG, 2)));
  }

  @Test
  void waitsLongerEachTimeTheControllerDoesNotHaveIt() {
    Pull pull = pull(1);
    long now = 0;
    for (long seconds : new long[] {2, 4, 8, 16, 30, 30}) {
      assertTrue(pull.due(now).isPresent());
      pull.unavailable(now);
      assertEquals(Optional.empty(), pull.due(now + seconds * SECOND - 1));
      now += seconds * SECOND;
    }
    pull.reconnected();
    assertTrue(pull.due(now).isPresent());
  }

  @Test
  void wantsNeitherDuplicatesNorStrangers() {
    Pull pull = pull(2);
    pull.arrived(0, ChunkTable.CHUNK_BYTES, 0);
    assertTrue(!pull.wants(0) && pull.wants(1) && !pull.wants(2) && !pull.wants(-1));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void completesUnderLossDuplicationAndReordering(long seed) {
    Random random = new Random(seed);
    double loss = random.nextDouble() * 0.7;
    int chunks = 1 + random.nextInt(300);
    Pull pull = pull(chunks);
    List<Integer> wire = new ArrayList<>();
    long now = 0;
    for (int round = 0; !pull.isDone(); round++) {
      assertTrue(round < 2_000_000, () -> "stuck with " + pull.missing() + " missing");
      now += 20_000_000;
      pull.due(now).ifPresent(request -> answer(request, random, loss, wire));
      Collections.shuffle(wire, random);
      deliver(pull, wire, random.nextInt(6), now);
    }
    assertEquals(0, pull.missing());
    assertEquals(Optional.empty(), pull.due(now));
  }

  private static void answer(ChunkRequest request, Random random, double loss, List<Integer> wire) {
    if (random.nextDouble() < loss) {
      return; // the request itself is lost
    }
    for (int index : request.missing().first(request.window()).indices().toArray()) {
      for (int copy = random.nextInt(8) == 0 ? 2 : 1; copy > 0; copy--) {
        if (random.nextDouble() >= loss) {
          wire.add(index);
        }
      }
    }
  }

  private static void deliver(Pull pull, List<Integer> wire, int most, long now) {
    for (int i = 0; i < most && !wire.isEmpty(); i++) {
      int index = wire.remove(wire.size() - 1);
      if (pull.wants(index)) {
        pull.arrived(index, ChunkTable.CHUNK_BYTES, now);
      } else {
        pull.repeated(index, now);
      }
    }
  }

  private static Pull pull(int chunks) {
    return new Pull(
        ARTIFACT,
        ChunkSet.all(chunks),
        KnownLine.of(new Pace(0)),
        (wanted, most, at) -> wanted.size());
  }
}
