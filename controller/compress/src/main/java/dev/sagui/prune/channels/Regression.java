/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.quantize.gram.InputGram;
import dev.sagui.run.GramProduct;
import java.util.List;

/**
 * What least squares needs to know of vectors x that a linear map takes and of y that it shall
 * give.
 *
 * @param second E[x xᵀ] around the mean, [inputs, inputs]
 * @param cross E[x yᵀ] around the means, [inputs, outputs]
 * @param mean of x
 * @param given mean of y
 */
@SuppressWarnings("ArrayRecordComponent")
public record Regression(double[][] second, double[][] cross, double[] mean, double[] given) {
  /**
   * @param x vectors of one length, one at least
   * @param y as many, of one length
   */
  public static Regression of(GramProduct product, List<float[]> x, List<float[]> y) {
    int inputs = x.get(0).length;
    int outputs = y.get(0).length;
    InputGram gram = NormalEquations.moments(product, x, inputs);
    GramSum sum = GramSum.of(product, inputs, outputs);
    double[] given = new double[outputs];
    for (int n = 0; n < x.size(); n++) {
      sum.add(x.get(n), y.get(n));
      for (int o = 0; o < outputs; o++) {
        given[o] += (double) y.get(n)[o] / x.size();
      }
    }
    double[][] cross = sum.finish();
    for (int i = 0; i < inputs; i++) {
      for (int o = 0; o < outputs; o++) {
        cross[i][o] -= gram.mean()[i] * given[o];
      }
    }
    return new Regression(NormalEquations.matrix(gram, true), cross, gram.mean(), given);
  }

  public int inputs() {
    return cross.length;
  }

  public int outputs() {
    return given.length;
  }

  /** The map without any form, [inputs, outputs]. */
  public double[][] map() {
    return solve(second, cross);
  }

  /** The constant that goes with a map. */
  public double[] constant(double[][] map) {
    double[] constant = given.clone();
    for (int i = 0; i < map.length; i++) {
      for (int o = 0; o < constant.length; o++) {
        constant[o] -= mean[i] * map[i][o];
      }
    }
    return constant;
  }

  /**
   * (A + λ I)⁻¹ B, with λ a small share of A's mean diagonal.
   *
   * @param matrix A, symmetric, not negative
   */
  public static double[][] solve(double[][] matrix, double[][] right) {
    return NormalEquations.of(matrix).solve(right);
  }
}
