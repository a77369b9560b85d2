/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.depth;

import dev.sagui.prune.channels.Regression;
import dev.sagui.run.GramProduct;
import java.util.Arrays;
import java.util.List;

/**
 * Foretells how much a block's branch matters for an input: the logarithm of the harm that leaving
 * it out does, as a sum over logarithms of the input's {@link BranchRecord#spread}; by ridge
 * regression, without training.
 *
 * @param weights by channel
 * @param floor added to each spread before its logarithm
 * @param shift of what is foretold
 */
@SuppressWarnings("ArrayRecordComponent")
record Gate(double[] weights, double floor, double shift) {
  /** Of the features' mean variance. */
  private static final double DAMPING = 0.1;

  /** Of the mean spread. */
  private static final double FLOOR = 1e-5;

  /**
   * @param harm of each sample, above 0
   */
  static Gate fit(GramProduct product, List<float[]> spread, double[] harm) {
    int size = spread.get(0).length;
    double floor = 1e-12;
    for (float[] sample : spread) {
      for (float channel : sample) {
        floor += FLOOR * channel / size / spread.size();
      }
    }
    double least = floor;
    List<float[]> features = spread.stream().map(each -> logs(each, least)).toList();
    List<float[]> wanted =
        Arrays.stream(harm).mapToObj(h -> new float[] {(float) Math.log(h)}).toList();
    Regression regression = Regression.of(product, features, wanted);
    double[][] map = Regression.solve(damped(regression.second()), regression.cross());
    double[] weights = Arrays.stream(map).mapToDouble(row -> row[0]).toArray();
    return new Gate(weights, floor, regression.constant(map)[0]);
  }

  private static double[][] damped(double[][] second) {
    double trace = 0;
    for (int c = 0; c < second.length; c++) {
      trace += second[c][c];
    }
    for (int c = 0; c < second.length; c++) {
      second[c][c] += DAMPING * trace / second.length + 1e-12;
    }
    return second;
  }

  private static float[] logs(float[] spread, double floor) {
    float[] logs = new float[spread.length];
    for (int c = 0; c < logs.length; c++) {
      logs[c] = (float) Math.log(spread[c] + floor);
    }
    return logs;
  }

  /** The logarithm of the harm that it foretells. */
  double foretold(float[] spread) {
    double sum = shift;
    float[] features = logs(spread, floor);
    for (int c = 0; c < features.length; c++) {
      sum += weights[c] * features[c];
    }
    return sum;
  }
}
