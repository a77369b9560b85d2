/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void widenedBinsEqualThoseMadeAtOnce() {
    float[] values = new float[20_000];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * Math.exp(i / 2000.0));
    }
    Histogram grown = new Histogram();
    float low = 0;
    float high = 0;
    for (float value : values) {
      grown.cover(value, value);
      grown.add(new float[] {value}, 1);
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    Histogram atOnce = new Histogram();
    atOnce.cover(low, high);
    atOnce.add(values, values.length);
    assertEquals(atOnce.width(), grown.width());
    for (int i = 0; i < Histogram.BINS; i++) {
      assertEquals(atOnce.count(i), grown.count(i));
      assertEquals(atOnce.border(i), grown.border(i));
    }
    assertTrue((high - low) / grown.width() > Histogram.BINS / 2.0 - 2);
  }

  @Test
  void zeroIsABorderAtEveryWidth() {
    Histogram histogram = new Histogram();
    for (float value : new float[] {-1e-30f, 1e-20f, -3, 1e5f, -1e30f, Float.MAX_VALUE}) {
      histogram.cover(value, value);
      histogram.add(new float[] {value}, 1);
      assertTrue(
          histogram.zeroBin() < 0
              || histogram.zeroBin() >= Histogram.BINS
              || histogram.border(histogram.zeroBin()) == 0);
    }
    long total = 0;
    for (int i = 0; i < Histogram.BINS; i++) {
      total += histogram.count(i);
    }
    assertEquals(6, total);
  }
}
