/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShrunkGramTest {
  private static final double[] MEAN = new double[2];

  @Test
  void chanceCorrelationOfFewSamplesGoes() {
    InputGram gram = new InputGram(2, new double[] {1, 0.1, 0.1, 1}, MEAN, 64);
    assertEquals(0, ShrunkGram.of(gram).second()[1]);
    assertEquals(1, ShrunkGram.of(gram).second()[0]);
  }

  @Test
  void correlationOfManySamplesStays() {
    InputGram gram = new InputGram(2, new double[] {1, 0.5, 0.5, 1}, MEAN, 100_000);
    assertTrue(ShrunkGram.of(gram).second()[1] > 0.4999);
  }

  @Test
  void layerThatNeverFiresStaysAsItIs() {
    InputGram gram = new InputGram(2, new double[4], MEAN, 10);
    assertArrayEquals(gram.second(), ShrunkGram.of(gram).second());
  }
}
