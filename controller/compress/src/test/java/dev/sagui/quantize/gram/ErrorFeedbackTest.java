/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.gram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ErrorFeedbackTest {
  private static final ErrorFeedback.Grid STEPS = (v, row, column) -> Math.rint(v * 4) / 4;

  private final Random random = new Random(7);

  @Test
  void dependentInputsCostLessThanWithNearestValues() {
    int size = 200; // more than one block
    InputGram gram = dependent(size);
    float[] rows = rows(6, size);
    ErrorFeedback.Rounded fed = ErrorFeedback.round(rows, gram, 0.01, STEPS);
    assertEquals("", fed.reason());
    assertTrue(cost(rows, fed.rows(), gram) < 0.3 * cost(rows, nearest(rows), gram));
    for (float value : fed.rows()) {
      assertEquals(Math.rint(value * 4) / 4, value);
    }
  }

  @Test
  void independentInputsGetNearestValues() {
    int size = 40;
    double[] second = new double[size * size];
    for (int i = 0; i < size; i++) {
      second[i * size + i] = 1 + i % 5;
    }
    float[] rows = rows(3, size);
    InputGram gram = new InputGram(size, second, new double[size], 100);
    assertArrayEquals(nearest(rows), ErrorFeedback.round(rows, gram, 0, STEPS).rows());
  }

  @Test
  void momentsThatHaveNoInverseGiveNearestValuesWithTheReason() {
    float[] rows = rows(3, 4);
    for (double odd : new double[] {0, 1, Double.NaN}) {
      double[] second = new double[16];
      java.util.Arrays.fill(second, odd);
      InputGram gram = new InputGram(4, second, new double[4], 1);
      ErrorFeedback.Rounded rounded = ErrorFeedback.round(rows, gram, 0, STEPS);
      assertArrayEquals(nearest(rows), rounded.rows());
      assertTrue(rounded.reason().contains("singular or not finite"));
    }
  }

  @Test
  void factorGivesTheInverse() {
    int size = 12;
    double[] h = dependent(size).second();
    double[] u = InverseFactor.of(h, size).orElseThrow();
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double sum = 0;
        for (int k = 0; k < size; k++) {
          sum += product(u, i, k, size) * h[k * size + j];
        }
        assertEquals(i == j ? 1 : 0, sum, 1e-8);
      }
    }
  }

  /** (U' U)[i, j]. */
  private static double product(double[] u, int i, int j, int size) {
    double sum = 0;
    for (int k = 0; k < size; k++) {
      sum += u[k * size + i] * u[k * size + j];
    }
    return sum;
  }

  /** Each input follows the one before it. */
  private InputGram dependent(int size) {
    Moments moments = new Moments(size);
    for (int n = 0; n < 4 * size; n++) {
      double[] next = moments.next();
      double value = 0;
      for (int i = 0; i < size; i++) {
        value = 0.95 * value + random.nextGaussian();
        next[i] = value;
      }
      moments.added();
    }
    return moments.finish();
  }

  private float[] rows(int out, int size) {
    float[] rows = new float[out * size];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) random.nextGaussian();
    }
    return rows;
  }

  private static float[] nearest(float[] rows) {
    float[] nearest = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      nearest[i] = (float) STEPS.nearest(rows[i], 0, 0);
    }
    return nearest;
  }

  private static double cost(float[] rows, float[] rounded, InputGram gram) {
    int size = gram.size();
    double cost = 0;
    for (int row = 0; row < rows.length; row += size) {
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          cost +=
              (rounded[row + i] - rows[row + i])
                  * gram.second()[i * size + j]
                  * (rounded[row + j] - rows[row + j]);
        }
      }
    }
    return cost;
  }
}
