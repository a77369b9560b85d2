/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
  private static final Digest ARTIFACT = Digest.of(new byte[] {1});
  private static final long MINUTE = 60_000_000_000L;

  @ParameterizedTest
  @ValueSource(longs = {10_000, 123_456, 1_000_000, 5_000_000, 50_000_000})
  void neverExceedsTheRateOverAMinute(long rate) {
    for (long seed = 1; seed <= 5; seed++) {
      Pace pace = new Pace(rate);
      Random random = new Random(seed);
      long burst = Math.max(ChunkTable.CHUNK_BYTES, rate / 4);
      long bytes = 0;
      long start = random.nextLong();
      for (long t = 0; t < MINUTE; t += 1 + random.nextInt(100_000_000)) {
        int chunks = pace.allowed(1 + random.nextInt(16), start + t);
        pace.spent(chunks, ChunkTable.CHUNK_BYTES);
        bytes += (long) chunks * ChunkTable.CHUNK_BYTES;
        assertTrue(bytes <= rate * (t / 1e9) + burst, bytes + " bytes after ns " + t);
      }
    }
  }

  @Test
  void usesTheRateWhenThereIsEnoughToAskFor() {
    Pace pace = new Pace(1_000_000);
    long bytes = 0;
    for (long t = 0; t < MINUTE; t += 20_000_000) {
      int chunks = pace.allowed(16, t);
      pace.spent(chunks, ChunkTable.CHUNK_BYTES);
      bytes += (long) chunks * ChunkTable.CHUNK_BYTES;
    }
    assertTrue(bytes > 59_000_000, bytes + " bytes");
  }

  @Test
  void whatCameInFewerBytesLeavesRoomForMore() {
    Pace pace = new Pace(1_000_000);
    int chunks = 0;
    for (long t = 0; t < MINUTE; t += 20_000_000) {
      int asked = pace.allowed(16, t);
      pace.spent(asked, ChunkTable.CHUNK_BYTES);
      for (int i = 0; i < asked; i++) {
        pace.came(ChunkTable.CHUNK_BYTES, ChunkTable.CHUNK_BYTES / 2);
      }
      chunks += asked;
    }
    long bytes = (long) chunks * ChunkTable.CHUNK_BYTES / 2;
    assertTrue(bytes > 59_000_000 && bytes <= 60_250_000, bytes + " bytes");
  }

  @Test
  void zeroIsNoLimitButTheWindow() {
    Pace pace = new Pace(0);
    for (int i = 0; i < 1_000; i++) {
      assertEquals(16, pace.allowed(100, i));
      assertEquals(3, pace.allowed(3, i));
      pace.spent(16, ChunkTable.CHUNK_BYTES);
    }
  }

  @Test
  void asksForAsMuchAsTheSourceTakesNow() {
    int[] window = {64};
    Pace pace = KnownLine.of(new Pace(0, () -> window[0]));
    Pull pull = new Pull(ARTIFACT, ChunkSet.all(1000), pace, (wanted, most, at) -> wanted.size());
    assertEquals(64, pull.due(0).orElseThrow().window());
    window[0] = 16;
    for (int i = 0; i < 56; i++) {
      assertTrue(pull.due(i).isEmpty(), "more than half of 16 are on their way");
      pull.arrived(i, ChunkTable.CHUNK_BYTES, i);
    }
    assertEquals(8, pull.due(100).orElseThrow().window());
  }
}
