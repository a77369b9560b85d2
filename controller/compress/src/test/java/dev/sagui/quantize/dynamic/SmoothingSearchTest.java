/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sagui.quantize.gram.InputChannels;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SmoothingSearchTest {
  private static final double ALPHA = 0.5;

  @Test
  void channelsOfLikeWeightsComeToLikeRanges() {
    double[] factors = factors(16, 9, 4, 4, 4);
    assertArrayEquals(new double[] {4, 3, 2, 2, 2}, factors, 1e-9);
  }

  @Test
  void whatFiresAsMostChannelsDoAfterSamplesThatShowedLittleOfItDoesNotWidenTheRange() {
    double[] factors = factors(16, 1, 1, 1, 0.001);
    double[] later = {16, 1, 1, 1, 1};
    assertEquals(4.0 / 255, SmoothingSearch.step(later, factors), 1e-9);
  }

  @Test
  void whatNeverFiredCountsAsTheHighest() {
    double[] factors = factors(16, 1, 1, 1, 0);
    assertEquals(factors[0], factors[4], 1e-9);
  }

  private static double[] factors(double... largest) {
    double[] ones = new double[largest.length];
    Arrays.fill(ones, 1);
    return SmoothingSearch.factors(
        new InputChannels(largest, ones), new SmoothingSearch.Weights(ones, ones), ALPHA);
  }
}
