/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class CholeskyTest {
  @Test
  void solvesWhatTheMatrixTimesTheSolutionGives() {
    double[][] matrix = {{4, 2, 1}, {2, 3, 0}, {1, 0, 5}};
    double[][] solved = Cholesky.of(matrix).solved(new double[][] {{7, 4}, {5, 2}, {6, 1}});
    assertArrayEquals(new double[] {1, 1, 1}, column(solved, 0), 1e-12);
    assertArrayEquals(new double[] {1, 0, 0}, column(solved, 1), 1e-12);
  }

  @Test
  void rowsThatDependOnOthersAreLeftOut() {
    double[][] matrix = {{1, 2, 0}, {2, 4, 0}, {0, 0, 9}};
    double[][] solved = Cholesky.of(matrix).solved(new double[][] {{3}, {6}, {18}});
    assertArrayEquals(new double[] {3, 0, 2}, column(solved, 0), 1e-12);
  }

  private static double[] column(double[][] rows, int index) {
    double[] column = new double[rows.length];
    for (int i = 0; i < column.length; i++) {
      column[i] = rows[i][index];
    }
    return column;
  }

  @Test
  void invertsWhatIsPositive() {
    double[][] inverse = Cholesky.inverse(new double[][] {{3, 1}, {1, 1}}, 1);
    assertArrayEquals(new double[] {2 / 7.0, -1 / 7.0}, inverse[0], 1e-12);
    assertArrayEquals(new double[] {-1 / 7.0, 4 / 7.0}, inverse[1], 1e-12);
  }
}
