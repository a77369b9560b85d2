/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.distribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AscendingFloatsTest {
  @Test
  void agreesWithTheLibrarysSort() {
    Random random = new Random(3);
    AscendingFloats sort = new AscendingFloats(1000);
    for (float scale : new float[] {1e-30f, 1, 1e30f}) {
      float[] values = new float[1000];
      for (int i = 0; i < values.length; i++) {
        values[i] = scale * (float) random.nextGaussian();
      }
      float[] expected = values.clone();
      Arrays.sort(expected);
      assertArrayEquals(expected, sort.sorted(values));
      for (int i = 0; i < values.length; i++) {
        assertEquals(expected[i], values[sort.order()[i]]);
      }
    }
  }

  @Test
  void extremesAndTiesHaveTheirPlaces() {
    float[] values = {
      Float.NaN,
      1,
      Float.NEGATIVE_INFINITY,
      -0.0f,
      0,
      Float.MAX_VALUE,
      -1,
      Float.POSITIVE_INFINITY,
      1
    };
    AscendingFloats sort = new AscendingFloats(values.length);
    assertArrayEquals(
        new float[] {
          Float.NEGATIVE_INFINITY,
          -1,
          -0.0f,
          0,
          1,
          1,
          Float.MAX_VALUE,
          Float.POSITIVE_INFINITY,
          Float.NaN
        },
        sort.sorted(values));
    assertArrayEquals(new int[] {2, 6, 3, 4, 1, 8, 5, 7, 0}, sort.order());
  }
}
