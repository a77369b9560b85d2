/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradualZerosTest {
  private static final Parameter MATRIX = new Parameter("w", List.of(2L, 5L), 0, true);
  private static final float[] FREE = {5, -1, 3, -2, 4, 10, -9, 8, 7, -6};

  private static float[] projected(Projection projection, Parameter parameter) {
    float[] onto = new float[FREE.length];
    projection.project(parameter, FloatBuffer.wrap(FREE), FloatBuffer.wrap(onto));
    return onto;
  }

  private static long zeros(Projection projection) {
    long zeros = 0;
    for (float value : projected(projection, MATRIX)) {
      zeros += value == 0 ? 1 : 0;
    }
    return zeros;
  }

  @Test
  void atTheEndTheSmallestAreZero() {
    float[] expected = {0, 0, 0, 0, 0, 10, -9, 8, 7, -6};
    assertArrayEquals(expected, projected(GradualZeros.of(0.5), MATRIX));
  }

  @Test
  void mostGoEarlyAndAllBeforeTheEnd() {
    GradualZeros half = GradualZeros.of(0.5);
    assertEquals(0, zeros(half.at(0, 100)));
    assertEquals(4, zeros(half.at(35, 100))); // 0.5 (1 − 0.5³) of 10
    assertEquals(5, zeros(half.at(70, 100)));
    assertEquals(5, zeros(half.at(100, 100)));
  }

  @Test
  void vectorsStay() {
    Parameter bias = new Parameter("b", List.of(10L), 0, true);
    assertArrayEquals(FREE, projected(GradualZeros.of(0.5), bias));
  }

  @Test
  void dropoutLeavesOutSomeOfTheSmallOnesByTheStepAndAllAtTheEnd() {
    GradualZeros half = GradualZeros.of(0.5, 0.5, 7);
    long left = 0;
    for (int step = 60; step < 70; step++) {
      long zeros = zeros(half.at(step, 100));
      assertEquals(zeros, zeros(half.at(step, 100)));
      left += 4 - Math.min(4, zeros);
    }
    assertTrue(left > 5 && left < 35, left + " of 40");
    assertEquals(5, zeros(half.at(70, 100)));
    assertEquals(5, zeros(half));
  }
}
