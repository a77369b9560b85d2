/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts bytes into segments of one kind of content each, where that costs the least; of many blocks
 * about so: halves stay apart that cost less than their whole, then neighbours are joined that cost
 * less together.
 */
final class Cut {
  private static final int BLOCK_BYTES = 512;
  private static final int MAX_BLOCKS = 256;

  /** Of so many all cuts are looked at. */
  private static final int FEW_BLOCKS = 64;

  private final byte[] bytes;
  private final int length;
  private final int blockBytes;

  private Cut(byte[] bytes, int length, int unit) {
    this.bytes = bytes;
    this.length = length;
    int least = Math.max(BLOCK_BYTES, (length + MAX_BLOCKS - 1) / MAX_BLOCKS);
    this.blockBytes = (least + unit - 1) / unit * unit;
  }

  /**
   * Segments of the first {@code length} bytes, in order.
   *
   * @param unit bytes of which all but the last have a multiple
   */
  static List<Segment> of(byte[] bytes, int length, int unit) {
    if (length == 0) {
      return List.of();
    }
    Cut cut = new Cut(bytes, length, unit);
    int blocks = (length + cut.blockBytes - 1) / cut.blockBytes;
    return blocks <= FEW_BLOCKS ? cut.exact(blocks) : join(cut.halves(0, blocks).best);
  }

  /** The cheapest of all cuts, by dynamic programming over where the last segment starts. */
  private List<Segment> exact(int blocks) {
    Segment[] single = new Segment[blocks];
    Arrays.setAll(single, this::block);
    Segment[] last = new Segment[blocks];
    double[] least = new double[blocks + 1];
    int[] start = new int[blocks];
    for (int to = 0; to < blocks; to++) {
      least[to + 1] = Double.POSITIVE_INFINITY;
      Segment own = single[to];
      for (int from = to; from >= 0; from--) {
        own = from == to ? own : single[from].with(own);
        if (least[from] + own.cost() < least[to + 1]) {
          least[to + 1] = least[from] + own.cost();
          last[to] = own;
          start[to] = from;
        }
      }
    }
    List<Segment> segments = new ArrayList<>();
    for (int to = blocks - 1; to >= 0; to = start[to] - 1) {
      segments.add(0, last[to]);
    }
    return segments;
  }

  /** A stretch as one segment, and as the cheapest of its cuts. */
  private record Stretch(Segment whole, List<Segment> best, double cost) {
    static Stretch of(Segment whole) {
      return new Stretch(whole, List.of(whole), whole.cost());
    }
  }

  private Stretch halves(int from, int to) {
    if (to - from == 1) {
      return Stretch.of(block(from));
    }
    int middle = (from + to) / 2;
    Stretch left = halves(from, middle);
    Stretch right = halves(middle, to);
    Segment whole = left.whole.with(right.whole);
    double apart = left.cost + right.cost;
    if (whole.cost() <= apart) {
      return Stretch.of(whole);
    }
    List<Segment> best = new ArrayList<>(left.best);
    best.addAll(right.best);
    return new Stretch(whole, best, apart);
  }

  private Segment block(int index) {
    int offset = index * blockBytes;
    int size = Math.min(blockBytes, length - offset);
    Counts counts = new Counts();
    counts.add(bytes, offset, size);
    return Segment.of(offset, size, counts);
  }

  /** Joins the two neighbours that gain most by it, until none do. */
  private static List<Segment> join(List<Segment> parts) {
    List<Segment> left = new ArrayList<>(parts);
    List<Segment> pairs = new ArrayList<>(); // at i: left i and i + 1 together
    for (int i = 0; i + 1 < left.size(); i++) {
      pairs.add(left.get(i).with(left.get(i + 1)));
    }
    for (int best = best(left, pairs); best >= 0; best = best(left, pairs)) {
      left.set(best, pairs.remove(best));
      left.remove(best + 1);
      if (best > 0) {
        pairs.set(best - 1, left.get(best - 1).with(left.get(best)));
      }
      if (best < pairs.size()) {
        pairs.set(best, left.get(best).with(left.get(best + 1)));
      }
    }
    return left;
  }

  private static int best(List<Segment> left, List<Segment> pairs) {
    int best = -1;
    double most = 0;
    for (int i = 0; i < pairs.size(); i++) {
      double gain = left.get(i).cost() + left.get(i + 1).cost() - pairs.get(i).cost();
      if (gain > most) {
        most = gain;
        best = i;
      }
    }
    return best;
  }
}
