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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** More than two blocks of the factor, on two threads, and one with a part left over. */
  @ParameterizedTest
  @ValueSource(ints = {12, 300})
  void factorGivesTheInverse(int size) {
    double[] h = dependent(size).second();
    double[][] u = new double[size][size];
    for (int i = 0; i < size; i++) {
      System.arraycopy(h, i * size + i, u[i], i, size - i);
    }
    assertTrue(InverseFactor.replace(u));
    for (int i = 0; i < size; i += 7) {
      double[] row = row(u, i);
      for (int j = 0; j < size; j++) {
        double sum = 0;
        for (int k = 0; k < size; k++) {
          sum += row[k] * h[k * size + j];
        }
        assertEquals(i == j ? 1 : 0, sum, 1e-8);
      }
    }
  }

  @Test
  void gridsAreChosenWhenTheErrorsBeforeAreMadeGood() {
    int size = 200;
    InputGram gram = dependent(size);
    float[] rows = rows(3, size);
    float[] replaced = rows.clone();
    int[] chosen = new int[3];
    ErrorFeedback.Grid grid =
        new ErrorFeedback.Grid() {
          @Override
          public double nearest(double value, int row, int column) {
            return Math.rint(value * 4) / 4;
          }

          @Override
          public int width() {
            return 64;
          }

          @Override
          public void choose(int row, int column, float[] values, float[] weights) {
            assertEquals(0, column % 64);
            assertEquals(column == 0, values[column] == rows[row * size + column]);
            assertTrue(weights[column] > 0);
            chosen[row]++;
          }
        };
    ErrorFeedback feedback = ErrorFeedback.of(gram, 0.01, ErrorFeedback.Order.GIVEN);
    assertEquals("", feedback.replace(replaced, grid));
    assertArrayEquals(new int[] {4, 4, 4}, chosen);
    assertTrue(cost(rows, replaced, gram) < 0.3 * cost(rows, nearest(rows), gram));
  }

  /** Row i of U' U. */
  private static double[] row(double[][] u, int i) {
    double[] row = new double[u.length];
    for (int k = 0; k <= i; k++) {
      for (int j = k; j < u.length; j++) {
        row[j] += u[k][i] * u[k][j];
      }
    }
    return row;
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
