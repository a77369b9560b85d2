/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedBlocksTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void everyValueIsWithinAStepWhenUnpackedByPlainArithmetic(int bits) {
    SplittableRandom random = new SplittableRandom(bits);
    int inputs = 16 * 5 - 3;
    PackedBlocks packed = new PackedBlocks(1, inputs, bits, 16);
    float[] values = new float[inputs];
    for (int i = 0; i < inputs; i++) {
      values[i] = (float) random.nextDouble(-1, 2);
    }
    Grid grid = new Grid(bits, false);
    for (int from = 0; from < inputs; from += 16) {
      int count = Math.min(16, inputs - from);
      grid.cover(values, from, count);
      packed.put(0, from / 16, grid, values, from, count);
    }
    for (int i = 0; i < inputs; i++) {
      int block = i / 16;
      int code = unpacked(packed.codes, bits, i);
      int zero = unpacked(packed.zeros, bits, block);
      float scale = packed.scales[block];
      assertTrue(Math.abs(scale * (code - zero) - values[i]) <= scale, "value " + i);
    }
    assertEquals((5 * bits + 7) / 8, packed.zeros.length);
  }

  /** The first code lies in the lowest bits. */
  private static int unpacked(byte[] bytes, int bits, int index) {
    int bit = index * bits;
    return (bytes[bit / 8] & 0xff) >> (bit % 8) & ((1 << bits) - 1);
  }
}
