/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HalfTest {
  @Test
  void everyHalfComesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Half.toFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertEquals((short) bits, Half.of(value));
      }
    }
  }

  @Test
  void roundsToTheNearestAndTiesToEven() {
    Random random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(12) - 8));
      short half = Half.of(value);
      double error = Math.abs((double) Half.toFloat(half) - value);
      for (int next : new int[] {half - 1, half + 1}) {
        float other = Half.toFloat((short) next);
        if (Float.isFinite(other) && Math.abs(value) < Half.MAX) {
          assertTrue(error <= Math.abs((double) other - value), "at " + value);
        }
      }
    }
    assertEquals(Half.of(2048f), Half.of(2049f));
    assertEquals(Half.of(2052f), Half.of(2051f));
  }

  @Test
  void keepsSignsAndExtremes() {
    assertEquals((short) 0x8000, Half.of(-0f));
    assertEquals(Float.POSITIVE_INFINITY, Half.toFloat(Half.of(70000f)));
    assertEquals(Half.MAX, Half.toFloat(Half.of(65504f)));
    assertTrue(Float.isNaN(Half.toFloat(Half.of(Float.NaN))));
  }
}
