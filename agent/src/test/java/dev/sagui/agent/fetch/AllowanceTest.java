/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.store.ArtifactStore;
import dev.sagui.artifact.ChunkTable;
import dev.sagui.artifact.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllowanceTest {
  private static final int CHUNK = ChunkTable.CHUNK_BYTES;
  private static final Digest ARTIFACT = Digest.of(new byte[] {1});
  private final List<Long> kept = new ArrayList<>();
  private long now;

  @Test
  void noMoreIsUnderWayThanAStepBeyondWhatCame() throws IOException {
    Allowance allowance = of(320L * CHUNK, 0); // a step of 10 chunks
    allowance.prepare();
    assertEquals(10, ask(allowance, 16));
    assertEquals(List.of(10L * CHUNK), kept);
    for (int i = 0; i < 4; i++) {
      came(allowance);
    }
    allowance.prepare();
    assertEquals(0, ask(allowance, 16), "not worth writing yet");
    for (int i = 0; i < 2; i++) {
      came(allowance);
    }
    allowance.prepare();
    assertEquals(6, ask(allowance, 16));
    assertEquals(List.of(10L * CHUNK, 16L * CHUNK), kept);
  }

  @Test
  void isSpentWhenTheNextChunkWouldBeTooMuchAndNoneIsUnderWay() throws IOException {
    Allowance allowance = of(3L * CHUNK - 1, 0);
    allowance.prepare();
    assertEquals(2, ask(allowance, 3));
    came(allowance);
    allowance.prepare();
    assertEquals(0, ask(allowance, 1));
    assertFalse(allowance.isSpent());
    came(allowance);
    allowance.prepare();
    assertEquals(0, ask(allowance, 1));
    assertTrue(allowance.isSpent());
  }

  @Test
  void whatIsUnderWayIsTakenUntilALongSilence() throws IOException {
    Allowance allowance = of(8L * CHUNK, CHUNK);
    allowance.prepare();
    assertEquals(2, ask(allowance, 2));
    assertEquals(3L * CHUNK, allowance.taken());
    now += Duration.ofSeconds(29).toNanos();
    assertEquals(0, ask(allowance, 2));
    now += Duration.ofSeconds(2).toNanos();
    assertEquals(2, ask(allowance, 2));
    assertEquals(CHUNK, allowance.taken());
    came(allowance);
    assertEquals(3L * CHUNK, allowance.taken());
  }

  @Test
  void withoutALimitWhatCameIsWrittenNowAndThen() throws IOException {
    Allowance allowance = new Allowance(OptionalLong.empty(), 0, kept::add);
    for (int i = 0; i < 300; i++) {
      allowance.prepare();
      assertEquals(1, ask(allowance, 1));
      came(allowance);
    }
    assertEquals(2, kept.size(), kept.toString());
    assertTrue(300L * CHUNK - kept.get(1) < 16L << 20, kept.toString());
  }

  @Test
  void nothingIsWrittenWhileNoSourceCanBeAsked(@TempDir Path home) throws IOException {
    Allowance allowance = of(320L * CHUNK, 0);
    ArtifactStore store = new ArtifactStore(home);
    new Means(store, Means.Held.NOTHING, new Pace(0, () -> 0), allowance).prepare();
    assertTrue(kept.isEmpty());
    new Means(store, Means.Held.NOTHING, new Pace(0), allowance).prepare();
    assertEquals(1, kept.size());
  }

  private Allowance of(long maxBytes, long received) {
    return new Allowance(OptionalLong.of(maxBytes), received, kept::add);
  }

  private int ask(Allowance allowance, int chunks) {
    int[] lengths = new int[chunks];
    Arrays.fill(lengths, CHUNK);
    return allowance.ask(ARTIFACT, lengths, ChunkTable.CHUNK_BYTES, now);
  }

  private void came(Allowance allowance) {
    allowance.came(CHUNK, CHUNK, now);
  }
}
