/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.agent.store.Artifact;
import dev.sagui.artifact.ChunkSet;
import dev.sagui.artifact.Digest;
import dev.sagui.entropy.Coding;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What whoever asks for chunks may rely on, whatever the source. */
public abstract class ChunkSourceContract {
  private static final Artifact FILE = Artifact.ofChunks(31, 9);

  /** Makes a source that has {@code artifact}. */
  protected abstract ChunkSource source(Artifact artifact) throws Exception;

  /** What came for what was asked, once no more comes. */
  protected abstract List<byte[]> come() throws Exception;

  @Test
  void bringsTheLowestMissingChunksUpToTheWindow() throws Exception {
    assertEquals(Set.of(0, 1, 2, 3), ask(4, ChunkSet.all(FILE.count())));
  }

  @Test
  void bringsChunksWithGapsBetweenThemAndTheShortOneAtTheEnd() throws Exception {
    assertEquals(Set.of(1, 2, 5, 8), ask(16, ChunkSet.of(1, 2, 5, 8)));
  }

  @Test
  void bringsAnArtifactThatIsSmallerThanAChunk() throws Exception {
    Artifact small = new Artifact(new byte[] {1, 2, 3});
    ChunkSource source = source(small);
    assertTrue(source.ask(new ChunkRequest(small.digest(), 1, ChunkSet.of(0), Coding.NONE)));
    ChunkResponse chunk = ChunkResponse.parse(come().get(0));
    small.table().check(0, chunk.message(), ChunkResponse.HEADER_BYTES, chunk.length());
  }

  @Test
  void bringsNoChunkOfWhatItDoesNotHave() throws Exception {
    ChunkSource source = source(FILE);
    Digest unknown = Digest.of(new byte[] {7});
    source.ask(new ChunkRequest(unknown, 1, ChunkSet.of(0), Coding.NONE));
    come().forEach(message -> assertTrue(ChunkResponse.parse(message).missing()));
  }

  private Set<Integer> ask(int window, ChunkSet missing) throws Exception {
    ChunkSource source = source(FILE);
    assertTrue(source.ask(new ChunkRequest(FILE.digest(), window, missing, Coding.NONE)));
    Set<Integer> indices = new TreeSet<>();
    for (byte[] message : come()) {
      ChunkResponse chunk = ChunkResponse.parse(message);
      assertEquals(FILE.digest(), chunk.artifact());
      FILE.table().check(chunk.index(), message, ChunkResponse.HEADER_BYTES, chunk.length());
      indices.add(chunk.index());
    }
    return indices;
  }
}
