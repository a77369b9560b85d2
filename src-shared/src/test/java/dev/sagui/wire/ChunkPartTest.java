/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import dev.sagui.entropy.Coding;
import dev.sagui.failure.RejectedException;
import dev.sagui.wire.ChunkRequest.Part;
import dev.sagui.wire.ChunkResponse.Kind;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Parts of a chunk as they are asked for and sent. */
class ChunkPartTest {
  private static final Digest DIGEST = Digest.of(new byte[] {1});
  private static final Part PART = new Part(4_096, 3_000, 1_024);

  private static byte[] whole(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return ChunkResponse.coded(DIGEST, 5, bytes);
  }

  @ParameterizedTest
  @EnumSource(Coding.class)
  void aRequestForAPartSurvivesItsBinaryForm(Coding reads) {
    ChunkRequest all = new ChunkRequest(DIGEST, 16, ChunkSet.of(7, 8, 1_699), reads);
    ChunkRequest request = all.of(PART);
    assertEquals(new ChunkRequest(DIGEST, 1, ChunkSet.of(7), reads, Optional.of(PART)), request);
    assertEquals(request, ChunkRequest.parse(request.encode()));
  }

  @Test
  void whoKnowsOfNoPartsSeesTheSameChunkMissingFirst() {
    byte[] bytes = new ChunkRequest(DIGEST, 1, ChunkSet.of(7), Coding.RANS).of(PART).encode();
    ChunkSet seen = ChunkSet.parse(Arrays.copyOfRange(bytes, 34, bytes.length));
    assertEquals(ChunkSet.of(7), seen.first(bytes[33]));
    assertTrue(bytes[bytes.length - 1] != 0, "codings would be read behind it");
  }

  @ParameterizedTest
  @CsvSource({"-1,1,1024", "122880,1,1024", "0,0,1024", "0,-5,1024", "0,122880,1023"})
  void noPartIsAskedForThatNoChunkHas(int from, int length, int most) {
    assertThrows(RejectedException.class, () -> new Part(from, length, most));
  }

  @Test
  void aPartIsOfOneChunk() {
    Optional<Part> part = Optional.of(PART);
    assertThrows(
        RejectedException.class,
        () -> new ChunkRequest(DIGEST, 2, ChunkSet.of(1, 2), Coding.RANS, part));
    assertThrows(
        RejectedException.class,
        () -> new ChunkRequest(DIGEST, 1, ChunkSet.of(), Coding.RANS, part));
  }

  @Test
  void aPartIsCutInMessagesThatFit() {
    byte[] whole = whole(9_000);
    List<byte[]> messages = ChunkPart.cut(whole, PART);
    assertEquals(3, messages.size());
    int at = PART.from();
    for (byte[] message : messages) {
      ChunkResponse response = ChunkResponse.parse(message);
      ChunkPart part = response.part().orElseThrow();
      assertEquals(5, response.index());
      assertEquals(Kind.CODED, part.of());
      assertEquals(9_000, part.total());
      assertEquals(at, part.from());
      assertEquals(part.length(), response.length());
      assertTrue(part.length() <= PART.most());
      assertArrayEquals(
          Arrays.copyOfRange(whole, 38 + at, 38 + at + part.length()),
          Arrays.copyOfRange(message, ChunkPart.HEADER_BYTES, message.length));
      at += part.length();
    }
    assertEquals(PART.from() + PART.length(), at);
  }

  @Test
  void noMessageOfAPartIsLongerThanThatOfAWholeChunk() {
    byte[] whole = whole(ChunkTable.CHUNK_BYTES);
    Part nearly = new Part(0, ChunkTable.CHUNK_BYTES - 1, Integer.MAX_VALUE);
    ChunkPart.cut(whole, nearly).forEach(ChunkResponse::parse);
  }

  @Test
  void whatIsWantedWholeAndFitsIsTheChunksOwnMessage() {
    byte[] whole = whole(900);
    assertSame(whole, ChunkPart.cut(whole, new Part(0, 122_880, 1_024)).get(0));
    byte[] missing = ChunkResponse.missing(DIGEST);
    assertSame(missing, ChunkPart.cut(missing, PART).get(0));
  }

  @Test
  void whatIsWantedBehindTheEndBeginsAtTheStart() {
    List<byte[]> messages = ChunkPart.cut(whole(3_000), PART);
    assertEquals(0, ChunkResponse.parse(messages.get(0)).part().orElseThrow().from());
  }

  @ParameterizedTest
  @CsvSource({"1,9000,8000", "3,9000,0", "0,122881,0", "0,9000,-1", "0,-9000,0", "9,9000,0"})
  void refusesAPartThatIsOfNoWhole(byte of, int total, int from) {
    byte[] message = ChunkPart.cut(whole(9_000), new Part(0, 2_048, 2_048)).get(0);
    ByteBuffer.wrap(message)
        .position(ChunkResponse.HEADER_BYTES)
        .put(of)
        .putInt(total)
        .putInt(from);
    assertThrows(RejectedException.class, () -> ChunkResponse.parse(message));
    byte[] empty = Arrays.copyOf(message, ChunkPart.HEADER_BYTES);
    assertThrows(RejectedException.class, () -> ChunkResponse.parse(empty));
  }
}
