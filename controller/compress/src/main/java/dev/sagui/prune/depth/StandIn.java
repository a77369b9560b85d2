/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.depth;

import dev.sagui.quantize.gram.VectorLoops;

/**
 * A linear map, position by position, in place of a branch.
 *
 * @param map [channels in, channels out]
 * @param constant by channel out
 */
@SuppressWarnings("ArrayRecordComponent")
record StandIn(double[][] map, double[] constant) {
  double[] of(float[] row) {
    double[] sum = constant.clone();
    double[] factors = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      factors[i] = -row[i];
    }
    VectorLoops.subtract(sum, factors, 0, map, 0, row.length, 0);
    return sum;
  }
}
