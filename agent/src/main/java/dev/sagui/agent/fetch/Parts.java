/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.agent.fetch;

import dev.sagui.artifact.ChunkTable;
import dev.sagui.wire.ChunkPart;
import dev.sagui.wire.ChunkRequest;
import dev.sagui.wire.ChunkResponse;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One chunk that comes in parts, in any order, some of them twice: what came stays, and what is
 * asked for next is the first that did not. Pure; owned by one thread.
 */
final class Parts {
  private int index = -1;
  private Optional<Whole> whole = Optional.empty();
  private final BitSet here = new BitSet();
  private int askedFrom;
  private int askedEnd;

  /** What the first part said of it, and the message that all are put into. */
  private record Whole(ChunkResponse.Kind kind, int total, byte[] message) {
    static Whole of(ChunkPart part) {
      return new Whole(part.of(), part.total(), part.prepareWhole());
    }

    boolean holds(ChunkPart part) {
      return kind == part.of() && total == part.total();
    }
  }

  /** The first part of chunk {@code chunk} that is not here, of {@code most} bytes or fewer. */
  ChunkRequest.Part ask(int chunk, int most) {
    if (chunk != index) {
      begin(chunk);
    }
    int from = here.nextClearBit(0);
    int next = here.nextSetBit(from);
    int end = next < 0 ? whole.map(Whole::total).orElse(ChunkTable.CHUNK_BYTES) : next;
    int length = Math.min(most, end - from);
    askedFrom = from;
    askedEnd = from + length;
    return new ChunkRequest.Part(from, length, ChunkTable.CHUNK_BYTES);
  }

  private void begin(int chunk) {
    index = chunk;
    whole = Optional.empty();
    here.clear();
    askedFrom = 0;
    askedEnd = ChunkTable.CHUNK_BYTES;
  }

  /** Whether some of the chunk is here. */
  boolean isBegun(int chunk) {
    return chunk == index && !here.isEmpty();
  }

  /** Bytes that were asked for last, of that chunk. */
  OptionalInt asked(int chunk) {
    return chunk == index ? OptionalInt.of(askedEnd - askedFrom) : OptionalInt.empty();
  }

  /**
   * Takes a part that came.
   *
   * @param asked whether the chunk was asked for, if only as a whole
   * @return whether it brought something
   */
  boolean add(int chunk, ChunkPart part, boolean asked) {
    if (index < 0 && asked) {
      begin(chunk);
    }
    if (chunk != index) {
      return false; // not asked for, or not any more
    }
    if (whole.isEmpty() || !whole.get().holds(part)) { // the sender codes it anew
      here.clear();
      whole = Optional.of(Whole.of(part));
    }
    int before = here.cardinality();
    int at = ChunkResponse.HEADER_BYTES + part.from();
    System.arraycopy(
        part.message(), ChunkPart.HEADER_BYTES, whole.get().message(), at, part.length());
    here.set(part.from(), part.from() + part.length());
    return here.cardinality() > before;
  }

  /** Whether nothing of what was asked for last is on its way any more. */
  boolean isAnswered() {
    int end = whole.map(Whole::total).map(total -> Math.min(total, askedEnd)).orElse(askedEnd);
    return here.nextClearBit(0) >= end;
  }

  /** The chunk, once all its parts are here; what comes of it after that is new. */
  Optional<ChunkResponse> take() {
    Optional<ChunkResponse> all =
        whole
            .filter(known -> here.nextClearBit(0) >= known.total())
            .map(known -> ChunkResponse.parse(known.message()));
    if (all.isPresent()) {
      begin(-1);
    }
    return all;
  }
}
