/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.wire.ChunkPart;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A chunk in parts: what is asked for, how much of it at once, and what is made of what comes. */
class PartsTest {
  private static final int KIB = 1 << 10;
  private static final int CHUNK = ChunkTable.CHUNK_BYTES;
  private static final long SECOND = 1_000_000_000L;
  private static final Digest ARTIFACT = Digest.of(new byte[] {1});

  private final Pull pull = pull(KnownLine.of(new Pace(0)));

  private static Pull pull(Pace pace) {
    return new Pull(ARTIFACT, ChunkSet.all(40), pace, (wanted, most, at) -> wanted.size());
  }

  private static byte[] whole(int index, int length) {
    byte[] message = ChunkResponse.prepare(ARTIFACT, index, length);
    byte[] bytes = new byte[length];
    new Random(index).nextBytes(bytes);
    System.arraycopy(bytes, 0, message, ChunkResponse.HEADER_BYTES, length);
    return message;
  }

  private static ChunkPart part(byte[] whole, int from, int length) {
    List<byte[]> cut = ChunkPart.cut(whole, new ChunkRequest.Part(from, length, CHUNK));
    return ChunkResponse.parse(cut.get(0)).part().orElseThrow();
  }

  /** Time at which parts of {@code bytes} are asked for, after silences. */
  private long silentUntil(int bytes) {
    long now = 0;
    ChunkRequest request = pull.due(now).orElseThrow();
    while (request.part().map(ChunkRequest.Part::length).orElse(CHUNK) > bytes) {
      now += 31 * SECOND;
      request = pull.due(now).orElseThrow();
    }
    return now;
  }

  @Test
  void aLineOfWhichNothingIsKnownIsAskedForLittleFirst() {
    Pull first = pull(new Pace(0));
    List<Integer> windows = new ArrayList<>();
    long now = 0;
    int here = 0;
    for (int round = 0; round < 6; round++) {
      ChunkRequest request = first.due(now).orElseThrow();
      now += SECOND / 10;
      Optional<ChunkRequest.Part> part = request.part();
      windows.add(part.map(asked -> -asked.length() / KIB).orElse(request.window()));
      if (part.isPresent()) {
        first.arrived(here, part(whole(here, CHUNK), part.get().from(), part.get().length()), now);
      }
      boolean complete = part.isEmpty() || first.whole().isPresent();
      for (int end = here + request.window(); complete && here < end; here++) {
        first.arrived(here, CHUNK, now);
      }
    }
    assertEquals(List.of(-16, -104, 3, 6, 12, 16), windows);
  }

  @Test
  void silencesHalveWhatIsAskedForDownToFourKibibytes() {
    List<Integer> sizes = new ArrayList<>();
    for (long time = 0; time < 12; time++) {
      ChunkRequest request = pull.due(31 * SECOND * time).orElseThrow();
      int chunk = request.part().map(ChunkRequest.Part::length).orElse(CHUNK);
      sizes.add(request.window() * chunk / KIB);
    }
    assertEquals(List.of(1920, 960, 480, 240, 120, 60, 30, 15, 7, 4, 4, 4), sizes);
  }

  @Test
  void answersThatComeSoonLeadBackToWholeChunks() {
    long now = silentUntil(4 * KIB);
    byte[] chunk = whole(0, CHUNK);
    List<Integer> sizes = new ArrayList<>();
    ChunkRequest.Part asked = new ChunkRequest.Part(0, 4 * KIB, CHUNK);
    for (Optional<ChunkResponse> all = Optional.empty(); all.isEmpty(); ) {
      sizes.add(asked.length() / KIB);
      now += SECOND / 10;
      assertTrue(pull.arrived(0, part(chunk, asked.from(), asked.length()), now));
      all = pull.whole();
      asked = pull.due(now).flatMap(ChunkRequest::part).orElse(asked);
      all.ifPresent(came -> assertArrayEquals(chunk, came.message()));
    }
    assertEquals(List.of(4, 4, 100, 12), sizes); // the first one was asked for twice
  }

  @Test
  void anAnswerThatTakesLongLeavesWhatComesInFiveSeconds() {
    assertEquals(16, pull.due(0).orElseThrow().window());
    for (int chunk = 0; chunk < 16; chunk++) {
      pull.arrived(chunk, CHUNK, (chunk + 1) * 10 * SECOND);
    }
    ChunkRequest.Part next = pull.due(160 * SECOND).orElseThrow().part().orElseThrow();
    assertEquals(new ChunkRequest.Part(0, CHUNK / 2, CHUNK), next);
  }

  @Test
  void onALineOfFourKibibytesInFiveSecondsPartsStaySmall() {
    long now = silentUntil(4 * KIB);
    byte[] chunk = whole(0, CHUNK);
    for (int from = 0; from < 40 * KIB; from += 4 * KIB) {
      now += 5 * SECOND;
      assertTrue(pull.arrived(0, part(chunk, from, 4 * KIB), now));
      ChunkRequest.Part next = pull.due(now).orElseThrow().part().orElseThrow();
      assertEquals(new ChunkRequest.Part(from + 4 * KIB, 4 * KIB, CHUNK), next);
    }
  }

  @Test
  void onlyWhatDidNotComeIsAskedForAgain() {
    long now = silentUntil(15 * KIB);
    byte[] chunk = whole(0, CHUNK);
    assertTrue(pull.arrived(0, part(chunk, 0, 4 * KIB), now)); // the rest is lost
    assertTrue(pull.arrived(0, part(chunk, 8 * KIB, 8 * KIB), now));
    assertEquals(Optional.empty(), pull.due(now));
    pull.reconnected();
    ChunkRequest again = pull.due(now).orElseThrow();
    assertEquals(ChunkSet.of(0), again.missing());
    assertEquals(Optional.of(new ChunkRequest.Part(4 * KIB, 4 * KIB, CHUNK)), again.part());
  }

  @Test
  void strangersDuplicatesAndPartsOfOtherChunksBringNothing() {
    long now = silentUntil(4 * KIB);
    ChunkPart first = part(whole(0, CHUNK), 0, 4 * KIB);
    assertFalse(pull.arrived(3, part(whole(3, CHUNK), 0, 4 * KIB), now));
    assertFalse(pull.arrived(-1, first, now));
    assertFalse(pull.arrived(99, first, now));
    assertTrue(pull.arrived(0, first, now));
    assertFalse(pull.arrived(0, first, now));
    assertEquals(Optional.empty(), pull.whole());
  }

  @Test
  void whatIsCodedAnewIsPutTogetherFromItsStart() {
    long now = silentUntil(4 * KIB);
    byte[] chunk = whole(0, CHUNK);
    assertTrue(pull.arrived(0, part(chunk, 0, 4 * KIB), now));
    byte[] coded = ChunkResponse.coded(ARTIFACT, 0, new byte[6 * KIB]);
    assertTrue(pull.arrived(0, part(coded, 4 * KIB, 2 * KIB), now));
    ChunkRequest.Part next = pull.due(now).orElseThrow().part().orElseThrow();
    assertEquals(0, next.from());
    assertTrue(pull.arrived(0, part(coded, 0, 4 * KIB), now));
    assertArrayEquals(coded, pull.whole().orElseThrow().message());
  }

  @Test
  void aWholeChunkIsTakenInPlaceOfAPart() {
    long now = silentUntil(4 * KIB);
    pull.arrived(0, ChunkTable.CHUNK_BYTES, now); // of one who knows no parts
    assertEquals(1, pull.due(now).orElseThrow().missing().indices().min().orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void isPutTogetherUnderLossDuplicationAndReordering(long seed) {
    Random random = new Random(seed);
    double loss = random.nextDouble() * 0.7;
    byte[] chunk = whole(0, 1 + random.nextInt(CHUNK));
    Parts parts = new Parts();
    Optional<ChunkResponse> all = Optional.empty();
    List<byte[]> wire = new ArrayList<>();
    for (int round = 0; all.isEmpty(); round++) {
      assertTrue(round < 100_000, "stuck");
      ChunkRequest.Part asked = parts.ask(0, 1 + random.nextInt(CHUNK));
      for (byte[] message :
          ChunkPart.cut(chunk, asked.inMessagesOf(2 * KIB + random.nextInt(CHUNK)))) {
        if (random.nextDouble() >= loss) {
          Collections.addAll(wire, message, message);
        }
      }
      Collections.shuffle(wire, random);
      while (!wire.isEmpty() && all.isEmpty() && random.nextInt(99) > 0) {
        ChunkResponse response = ChunkResponse.parse(wire.remove(wire.size() - 1));
        response.part().ifPresent(part -> parts.add(0, part, true));
        all = response.part().isPresent() ? parts.take() : Optional.of(response);
      }
    }
    assertArrayEquals(chunk, all.get().message());
  }
}
