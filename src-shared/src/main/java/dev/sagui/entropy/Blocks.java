/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Looks for an order of a chunk's blocks in which segments take less.
 *
 * @param order that the blocks are in
 * @param bytes of the chunk in that order
 * @param segments of those
 */
@SuppressWarnings("ArrayRecordComponent")
record Blocks(BlockOrder order, byte[] bytes, List<Segment> segments) {
  /** Blocks are put into so many classes of one size to see whether it is worth it. */
  private static final int TRIED = 8;

  /** Must be gained of the bytes' own entropy before more is tried. */
  private static final double WORTH = 0.01;

  /** The best order that is found; empty where the bytes as they lie are as good. */
  static Optional<Blocks> of(byte[] bytes, int length) {
    Counts all = new Counts();
    all.add(bytes, 0, length);
    float[] costs = costs(bytes, length, all);
    double least = (1 - WORTH) * all.bits();
    Optional<Trial> best = Optional.empty();
    for (int log = BlockOrder.MIN_LOG; log <= BlockOrder.MAX_LOG; log += 2) {
      Trial trial = Trial.of(bytes, length, costs, log);
      if (trial.bits < least) {
        least = trial.bits;
        best = Optional.of(trial);
      }
    }
    return best.flatMap(trial -> cut(bytes, length, trial)).map(cut -> cut.moved(bytes, length));
  }

  /** Bits of each block of the smallest size, under the frequencies of all bytes. */
  private static float[] costs(byte[] bytes, int length, Counts all) {
    float[] bits = all.bitsOfSymbols();
    float[] costs = new float[length >> BlockOrder.MIN_LOG];
    for (int i = 0; i < costs.length << BlockOrder.MIN_LOG; i++) {
      costs[i >> BlockOrder.MIN_LOG] += bits[bytes[i] & 0xFF];
    }
    return costs;
  }

  /**
   * Blocks of one size by what they take.
   *
   * @param ranked blocks, the cheapest first
   * @param bits of the chunk when they are in a few classes of one size
   */
  private record Trial(int log, int[] ranked, double bits) {
    static Trial of(byte[] bytes, int length, float[] costs, int log) {
      int[] ranked = ranked(costs, length >> log, 1 << (log - BlockOrder.MIN_LOG));
      byte[] classes = new byte[ranked.length];
      Counts[] counts = new Counts[TRIED];
      Arrays.setAll(counts, c -> new Counts());
      for (int i = 0; i < ranked.length; i++) {
        int c = i * TRIED / ranked.length;
        classes[ranked[i]] = (byte) c;
        counts[c].add(bytes, ranked[i] << log, 1 << log);
      }
      double bits = new BlockOrder(log, TRIED, classes).bits();
      for (Counts each : counts) {
        bits += each.bits() + 8 * Prices.table(each.distinct());
      }
      return new Trial(log, ranked, bits);
    }

    private static int[] ranked(float[] costs, int blocks, int parts) {
      long[] keys = new long[blocks];
      for (int i = 0; i < blocks; i++) {
        float sum = 0;
        for (int p = 0; p < parts; p++) {
          sum += costs[i * parts + p];
        }
        keys[i] = (long) Float.floatToIntBits(sum) << 32 | i;
      }
      Arrays.sort(keys);
      return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    }
  }

  private static Optional<Blocks> cut(byte[] bytes, int length, Trial trial) {
    byte[] sorted = Arrays.copyOf(bytes, length);
    int size = 1 << trial.log;
    for (int i = 0; i < trial.ranked.length; i++) {
      System.arraycopy(bytes, trial.ranked[i] * size, sorted, i * size, size);
    }
    List<Segment> segments = Cut.of(sorted, length, size);
    if (segments.size() > BlockOrder.MAX_CLASSES) {
      return Optional.empty();
    }
    byte[] classes = new byte[trial.ranked.length];
    int segment = 0;
    for (int i = 0; i < classes.length; i++) {
      Segment own = segments.get(segment);
      segment += i * size >= own.offset() + own.length() ? 1 : 0;
      classes[trial.ranked[i]] = (byte) segment;
    }
    BlockOrder order = new BlockOrder(trial.log, segments.size(), classes);
    order.sort(bytes, length, sorted);
    return Optional.of(new Blocks(order, sorted, segments));
  }

  /** Each block where it takes least under the frequencies that are; the better of both. */
  private Blocks moved(byte[] from, int length) {
    float[][] bits = new float[segments.size()][];
    Arrays.setAll(bits, c -> segments.get(c).counts().bitsOfSymbols());
    byte[] classes = new byte[order.of().length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) cheapest(bits, from, i << order.logBytes(), 1 << order.logBytes());
    }
    Blocks moved = of(new BlockOrder(order.logBytes(), bits.length, classes), from, length);
    return moved.cost() < cost() ? moved : this;
  }

  private static int cheapest(float[][] bits, byte[] bytes, int from, int length) {
    int best = 0;
    float least = Float.POSITIVE_INFINITY;
    for (int c = 0; c < bits.length; c++) {
      float[] own = bits[c];
      float sum = 0;
      for (int i = from; i < from + length; i++) {
        sum += own[bytes[i] & 0xFF];
      }
      if (sum < least) {
        least = sum;
        best = c;
      }
    }
    return best;
  }

  /** A segment for each class that has blocks; what is left goes to the last. */
  private static Blocks of(BlockOrder order, byte[] from, int length) {
    byte[] sorted = new byte[length];
    order.sort(from, length, sorted);
    List<Segment> segments = new ArrayList<>();
    int[] starts = order.starts();
    for (int c = 0, at = 0; c < order.classes() && at < length; c++) {
      boolean last = starts[c + 1] == order.of().length;
      int end = last ? length : starts[c + 1] << order.logBytes();
      if (end > at) {
        Counts counts = new Counts();
        counts.add(sorted, at, end - at);
        segments.add(Segment.of(at, end - at, counts));
        at = end;
      }
    }
    return new Blocks(order, sorted, segments);
  }

  /** Bytes, about. */
  double cost() {
    return order.bits() / 8.0 + segments.stream().mapToDouble(Segment::cost).sum();
  }
}
