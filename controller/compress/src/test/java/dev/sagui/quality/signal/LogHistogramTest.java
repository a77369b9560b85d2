/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogHistogramTest {
  @Test
  void quantilesAreWithinHalfAPercentOfTheSorted() {
    Random random = new Random(3);
    LogHistogram histogram = new LogHistogram();
    double[] values = new double[20_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.exp(3 * random.nextGaussian());
      histogram.add(values[i]);
    }
    Arrays.sort(values);
    for (double share : new double[] {0.001, 0.5, 0.9, 0.999, 1}) {
      double exact = values[(int) Math.ceil(share * values.length) - 1];
      assertEquals(exact, histogram.quantile(share), 0.005 * exact);
    }
  }

  @Test
  void extremesAreClipped() {
    LogHistogram histogram = new LogHistogram();
    assertEquals(0, histogram.quantile(0.5));
    histogram.add(0);
    histogram.add(-1e-15);
    assertEquals(0, histogram.quantile(1));
    histogram.add(Double.POSITIVE_INFINITY);
    histogram.add(Double.NaN);
    assertTrue(histogram.quantile(1) > 9e5);
    assertEquals(0, histogram.quantile(0.5));
  }
}
