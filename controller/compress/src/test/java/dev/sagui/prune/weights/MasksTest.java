/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MasksTest {
  private static final int ROWS = 12;
  private static final int SIZE = 48;

  private static float[] energy(long seed) {
    Random random = new Random(seed);
    float[] energy = new float[ROWS * SIZE];
    for (int i = 0; i < energy.length; i++) {
      energy[i] = random.nextFloat();
    }
    return energy;
  }

  private static int zeros(boolean[] mask, int from, int to) {
    int zeros = 0;
    for (int i = from; i < to; i++) {
      zeros += mask[i] ? 1 : 0;
    }
    return zeros;
  }

  @ParameterizedTest
  @CsvSource({"2:4", "4:8", "1:3", "1:2", "7:16"})
  void everyGroupKeepsItsShare(String text) {
    Pattern pattern = Pattern.parse(text);
    for (int seed = 0; seed < 20; seed++) {
      boolean[] mask = Masks.of(energy(seed), SIZE, pattern, 0.9, false);
      for (int from = 0; from < mask.length; from += pattern.second()) {
        int expected = pattern.second() - pattern.first();
        assertEquals(expected, zeros(mask, from, from + pattern.second()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 1.0 / 3, 0.5, 0.815, 0.99})
  void layerLosesItsShareByRowOrNot(double ratio) {
    int expected = (int) Math.round(ratio * ROWS * SIZE);
    for (boolean byRow : new boolean[] {false, true}) {
      boolean[] mask = Masks.of(energy(1), SIZE, Pattern.UNSTRUCTURED, ratio, byRow);
      assertEquals(expected, zeros(mask, 0, mask.length));
      for (int from = 0; byRow && from < mask.length; from += SIZE) {
        assertEquals(ratio * SIZE, zeros(mask, from, from + SIZE), 1);
      }
    }
  }

  @Test
  void lowestGo() {
    float[] energy = energy(2);
    boolean[] mask = Masks.of(energy, SIZE, Pattern.UNSTRUCTURED, 0.5, false);
    float most = 0;
    float least = 1;
    for (int i = 0; i < energy.length; i++) {
      most = mask[i] ? Math.max(most, energy[i]) : most;
      least = mask[i] ? least : Math.min(least, energy[i]);
    }
    assertTrue(most <= least);
  }

  @ParameterizedTest
  @CsvSource({"1x4,72", "4x4,18", "5x7,11", "rows,6"})
  void blocksGoAsAWhole(String text, int expected) {
    Pattern pattern = Pattern.parse(text);
    int height = pattern.first();
    int width = Math.min(SIZE, pattern.second());
    boolean[] mask = Masks.of(energy(3), SIZE, pattern, 0.5, false);
    int gone = 0;
    for (int row = 0; row < ROWS; row += height) {
      for (int column = 0; column < SIZE; column += width) {
        boolean first = mask[row * SIZE + column];
        gone += first ? 1 : 0;
        for (int i = row; i < Math.min(ROWS, row + height); i++) {
          for (int j = column; j < Math.min(SIZE, column + width); j++) {
            assertEquals(first, mask[i * SIZE + j]);
          }
        }
      }
    }
    assertEquals(expected, gone, 0.5);
  }
}
