/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.experts;

import dev.sagui.quantize.gram.InverseFactor;
import java.io.IOException;
import java.util.Arrays;

/** Ridge regression: the c [k, m] of least |x · c − t|² + λ |c|², for one λ after the other. */
final class Ridge {
  private final double[][] gram;
  private final float[][] right;

  /**
   * @param x [n, k]
   * @param t [n, m]
   */
  Ridge(float[][] x, float[][] t) throws IOException {
    this.gram = Matrices.gram(x);
    this.right = Matrices.product(Matrices.transposed(x), t);
  }

  /**
   * @param damping λ as a share of the mean of the diagonal of x' · x
   */
  float[][] solve(double damping) throws IOException {
    double[][] inverse = Arrays.stream(gram).map(double[]::clone).toArray(double[][]::new);
    double mean = 0;
    for (int i = 0; i < gram.length; i++) {
      mean += gram[i][i] / gram.length;
    }
    for (int i = 0; i < gram.length; i++) {
      inverse[i][i] += damping * mean + Double.MIN_NORMAL;
    }
    if (!InverseFactor.replace(inverse)) {
      return new float[gram.length][right[0].length];
    }
    float[][] factor = Matrices.floats(inverse);
    return Matrices.product(Matrices.transposed(factor), Matrices.product(factor, right));
  }
}
