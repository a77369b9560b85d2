/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.linear.WeightGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Factors that give weights of strong inputs finer steps (Lin et al., "AWQ", arXiv 2306.00978): s =
 * E[x²]^(α/2), of twenty α the one whose rounding errors, divided by s, cost least at the outputs.
 * Some outputs of each matrix are looked at.
 */
record Awq(OnnxModel model, BlockOptions options) {
  private static final int CANDIDATES = 20;

  private static final int OUTPUTS = 64;

  /** A division of its own must save this share of the error. */
  private static final double PAYS = 0.9;

  /**
   * @param users of one activation
   * @param power E[x²] of each channel of the activation
   * @return one for each channel; empty when it does not pay
   */
  double[] factors(List<WeightGroup> users, double[] power) throws IOException {
    List<float[]> rows = new ArrayList<>();
    for (WeightGroup group : users) {
      if (!collect(group, rows)) {
        return new double[0];
      }
    }
    double[] best = new double[0];
    double least = PAYS * cost(rows, factors(power, 0), power);
    for (int i = 1; i < CANDIDATES; i++) {
      double[] factors = factors(power, (double) i / CANDIDATES);
      double cost = cost(rows, factors, power);
      if (cost < least) {
        least = cost;
        best = factors;
      }
    }
    return best;
  }

  /** Around one: √(max · min) of the factors is. */
  private static double[] factors(double[] power, double alpha) {
    double[] factors = new double[power.length];
    double most = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < factors.length; i++) {
      factors[i] = Math.max(1e-4, Math.pow(power[i], alpha / 2));
      most = Math.max(most, factors[i]);
      least = Math.min(least, factors[i]);
    }
    double middle = Math.sqrt(most * least);
    for (int i = 0; i < factors.length; i++) {
      factors[i] /= middle;
    }
    return factors;
  }

  /**
   * @return whether all weights are finite, those too that are not looked at
   */
  private boolean collect(WeightGroup group, List<float[]> rows) throws IOException {
    boolean byRow = group.byRow();
    int outputs = group.layers().get(0).outputs();
    int step = Math.max(1, outputs / OUTPUTS);
    int first = rows.size();
    for (int output = 0; output < outputs; output += step) {
      rows.add(new float[group.layers().get(0).inputs()]);
    }
    boolean[] finite = {true};
    group
        .rows(model)
        .forEachPart(
            (row, column, values, from, count) -> {
              for (int i = 0; i < count; i++) {
                int output = byRow ? row : column + i;
                finite[0] &= Float.isFinite(values[from + i]);
                if (output % step == 0) {
                  rows.get(first + output / step)[byRow ? column + i : row] = values[from + i];
                }
              }
            });
    return finite[0];
  }

  private double cost(List<float[]> rows, double[] factors, double[] power) {
    Grid grid = new Grid(options.bits(), options.symmetric());
    float[] scaled = new float[factors.length];
    float[] weights = weights(power, factors);
    double cost = 0;
    for (float[] row : rows) {
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = (float) (row[i] * factors[i]);
      }
      for (int from = 0; from < scaled.length; from += options.block()) {
        int to = Math.min(scaled.length, from + options.block());
        float[] own = Arrays.copyOfRange(weights, from, to);
        grid.search(scaled, from, to - from, own);
        cost += grid.error(scaled, from, to - from, own);
      }
    }
    return cost;
  }

  /** What a squared error of each scaled weight costs. */
  static float[] weights(double[] power, double[] factors) {
    float[] weights = new float[power.length];
    for (int i = 0; i < weights.length; i++) {
      double factor = factors.length == 0 ? 1 : factors[i];
      weights[i] = (float) (power[i] / factor / factor);
    }
    return weights;
  }
}
