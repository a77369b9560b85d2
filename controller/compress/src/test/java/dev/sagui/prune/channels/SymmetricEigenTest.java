/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricEigenTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 17, 64})
  void vectorsAndValuesMakeTheMatrixAgain(int size) {
    double[][] matrix = drawn(size);
    double[][] copy = new double[size][];
    for (int i = 0; i < size; i++) {
      copy[i] = matrix[i].clone();
    }
    SymmetricEigen eigen = SymmetricEigen.of(copy);
    double[] values = eigen.values();
    double[][] vectors = eigen.vectors();
    for (int i = 0; i < size; i++) {
      assertTrue(i == 0 || values[i] <= values[i - 1]);
      for (int j = 0; j < size; j++) {
        double sum = 0;
        double dot = 0;
        for (int k = 0; k < size; k++) {
          sum += values[k] * vectors[k][i] * vectors[k][j];
          dot += vectors[i][k] * vectors[j][k];
        }
        assertEquals(matrix[i][j], sum, 1e-10);
        assertEquals(i == j ? 1 : 0, dot, 1e-10);
      }
    }
  }

  /** Of half the rank, as covariances of few samples are. */
  private static double[][] drawn(int size) {
    SplittableRandom random = new SplittableRandom(size);
    double[][] matrix = new double[size][size];
    for (int k = 0; k < (size + 1) / 2; k++) {
      double[] row = random.doubles(size).toArray();
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          matrix[i][j] += row[i] * row[j] / size;
        }
      }
    }
    return matrix;
  }
}
