/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.entropy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CutTest {
  private static final int BLOCK = 512;
  private static final int BLOCKS = 9;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void noCutOfFewBlocksCostsLess(long seed) {
    byte[] bytes = blocks(seed);
    double least = Double.POSITIVE_INFINITY;
    for (int cuts = 0; cuts < 1 << (BLOCKS - 1); cuts++) {
      least = Math.min(least, cost(bytes, cuts));
    }
    List<Segment> cut = Cut.of(bytes, bytes.length, 1);
    assertEquals(least, cut.stream().mapToDouble(Segment::cost).sum(), 1e-6);
    assertEquals(bytes.length, cut.stream().mapToInt(Segment::length).sum());
  }

  /** Blocks of bells of three widths, in no order. */
  private static byte[] blocks(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = new byte[BLOCK * BLOCKS];
    for (int block = 0; block < BLOCKS; block++) {
      int width = new int[] {1, 6, 40}[random.nextInt(3)];
      for (int i = 0; i < BLOCK; i++) {
        int sum = 0;
        for (int k = 0; k < 3; k++) {
          sum += random.nextInt(-width, width + 1);
        }
        bytes[block * BLOCK + i] = (byte) sum;
      }
    }
    return bytes;
  }

  /**
   * @param cuts a bit for each place between two blocks
   */
  private static double cost(byte[] bytes, int cuts) {
    double cost = 0;
    int from = 0;
    for (int block = 1; block <= BLOCKS; block++) {
      if (block == BLOCKS || (cuts >> (block - 1) & 1) == 1) {
        Counts counts = new Counts();
        counts.add(bytes, from, block * BLOCK - from);
        cost += Segment.of(from, block * BLOCK - from, counts).cost();
        from = block * BLOCK;
      }
    }
    return cost;
  }
}
