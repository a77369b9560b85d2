/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.difference;

import dev.sagui.artifact.ChunkTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which bytes of a base each block of a chunk is most like: those under it when the base is shifted
 * by one of a few distances, that of the block before, none, or one that anchors tell. Owned by one
 * thread.
 */
final class Alignment {
  /** Blocks of a chunk are alike or not as a whole. */
  static final int BLOCK_BYTES = 4096;

  /** A block of which fewer bytes are the same than one in so many stands for itself. */
  private static final int LEAST_SAME = 16;

  private static final int MAX_SHIFTS = 4;

  private final Anchors anchors;
  private final Bytes base;
  private final List<byte[]> buffers = new ArrayList<>();
  private long last;

  /** Blocks in a row that one shift of the base lies under; none that stand for themselves. */
  record Run(int blocks, boolean alike, long shift) {}

  Alignment(Bytes base) throws IOException {
    this.anchors = Anchors.of(base);
    this.base = base;
  }

  static int blocks(int length) {
    return (length + BLOCK_BYTES - 1) / BLOCK_BYTES;
  }

  /**
   * Subtracts from a chunk what it is most like.
   *
   * @param position of the chunk's first byte
   * @param residual gets what is left
   */
  List<Run> subtract(byte[] chunk, int length, long position, byte[] residual) throws IOException {
    List<Long> shifts = shifts(chunk, length, position);
    for (int i = 0; i < shifts.size(); i++) {
      if (buffers.size() == i) {
        buffers.add(new byte[ChunkTable.CHUNK_BYTES]);
      }
      Shifted.read(base, position + shifts.get(i), buffers.get(i), 0, length);
    }
    List<Run> runs = new ArrayList<>();
    for (int from = 0; from < length; from += BLOCK_BYTES) {
      int to = Math.min(length, from + BLOCK_BYTES);
      int best = best(chunk, from, to, shifts);
      boolean alike = best >= 0;
      for (int i = from; i < to; i++) {
        residual[i] = (byte) (chunk[i] - (alike ? buffers.get(best)[i] : 0));
      }
      last = alike ? shifts.get(best) : last;
      add(runs, alike, alike ? last : 0);
    }
    return runs;
  }

  private List<Long> shifts(byte[] chunk, int length, long position) {
    Map<Long, Integer> votes = new HashMap<>();
    anchors.each(
        chunk,
        length,
        position,
        (hash, at) -> {
          long found = anchors.find(hash);
          if (found >= 0) {
            votes.merge(found - at, 1, Integer::sum);
          }
        });
    List<Long> shifts = new ArrayList<>(last == 0 ? List.of(0L) : List.of(last, 0L));
    votes.entrySet().stream()
        .sorted(
            Map.Entry.<Long, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .filter(shift -> !shifts.contains(shift))
        .limit(MAX_SHIFTS)
        .toList()
        .forEach(shifts::add);
    return shifts;
  }

  /** Index of the shift under which most bytes are the same; -1 when that is too few. */
  private int best(byte[] chunk, int from, int to, List<Long> shifts) {
    int best = -1;
    int most = (to - from) / LEAST_SAME;
    for (int s = 0; s < shifts.size() && most < to - from; s++) {
      byte[] under = buffers.get(s);
      int same = 0;
      for (int i = from; i < to; i++) {
        same += chunk[i] == under[i] ? 1 : 0;
      }
      if (same > most) {
        most = same;
        best = s;
      }
    }
    return best;
  }

  private static void add(List<Run> runs, boolean alike, long shift) {
    if (!runs.isEmpty()) {
      Run before = runs.get(runs.size() - 1);
      if (before.alike == alike && before.shift == shift) {
        runs.set(runs.size() - 1, new Run(before.blocks + 1, alike, shift));
        return;
      }
    }
    runs.add(new Run(1, alike, shift));
  }
}
