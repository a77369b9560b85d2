/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.gram.InputChannels;
import dev.sagui.quantize.linear.LinearLayer;
import dev.sagui.quantize.linear.MatrixRows;
import dev.sagui.quantize.linear.WeightGroup;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Divides an activation's channels by factors and multiplies the weights' inputs by them, so that
 * no channel alone sets the range of all: sⱼ = max|xⱼ|^α / max|wⱼ|^(1−α) (SmoothQuant, Xiao et al.,
 * 2022, equation 4). The division is a Mul of its own before the product.
 */
final class Smoothing {
  /** Nothing is smoothed. */
  static final Smoothing NONE = new Smoothing(Map.of());

  private static final double LEAST = 1e-5;

  private final Map<String, double[]> factors;

  private Smoothing(Map<String, double[]> factors) {
    this.factors = factors;
  }

  static Smoothing of(
      OnnxModel model,
      Graph graph,
      List<WeightGroup> groups,
      Samples samples,
      int threads,
      double alpha)
      throws IOException {
    Map<String, double[]> weights = largestWeights(model, groups);
    weights.keySet().removeIf(value -> graph.producer(value).isEmpty());
    if (weights.isEmpty()) {
      return NONE;
    }
    Map<String, Integer> channels = new LinkedHashMap<>();
    weights.forEach((value, largest) -> channels.put(value, largest.length));
    Map<String, InputChannels> inputs = InputChannels.of(model, channels, samples, threads);
    Map<String, double[]> factors = new LinkedHashMap<>();
    inputs.forEach(
        (value, input) ->
            factors.put(
                value,
                factors(input.largest(), weights.getOrDefault(value, input.largest()), alpha)));
    return new Smoothing(factors);
  }

  private static double[] factors(double[] inputs, double[] weights, double alpha) {
    double[] factors = new double[inputs.length];
    for (int j = 0; j < factors.length; j++) {
      double x = Math.max(LEAST, inputs[j]);
      double w = Math.max(LEAST, weights[j]);
      factors[j] = Math.pow(x, alpha) / Math.pow(w, 1 - alpha);
    }
    return factors;
  }

  /** Of each input, over all weights that take an activation; of those that can be smoothed. */
  private static Map<String, double[]> largestWeights(OnnxModel model, List<WeightGroup> groups)
      throws IOException {
    Map<String, double[]> largest = new LinkedHashMap<>();
    Set<String> refused = new LinkedHashSet<>();
    for (WeightGroup group : groups) {
      Set<String> activations = activations(group);
      if (activations.size() != 1 || !group.gathers().isEmpty() || !group.obstacle().isEmpty()) {
        refused.addAll(activations);
        continue;
      }
      LinearLayer layer = group.layers().get(0);
      raise(
          new MatrixRows(model.payload(group.weight()), (int) group.weight().getDims(1)),
          group.byRow(),
          largest.computeIfAbsent(
              activations.iterator().next(), value -> new double[layer.inputs()]));
    }
    largest.keySet().removeAll(refused);
    return largest;
  }

  private static void raise(MatrixRows matrix, boolean byRow, double[] largest) throws IOException {
    matrix.forEachPart(
        (row, column, values, from, count) -> {
          for (int i = 0; i < count; i++) {
            int input = byRow ? column + i : row;
            largest[input] = Math.max(largest[input], Math.abs(values[from + i]));
          }
        });
  }

  private static Set<String> activations(WeightGroup group) {
    Set<String> all = new LinkedHashSet<>();
    group.layers().forEach(layer -> all.add(layer.node().input(0)));
    return all;
  }

  /** A factor for each channel of an activation; empty when it stays as it is. */
  double[] factors(String activation) {
    return factors.getOrDefault(activation, new double[0]);
  }

  /** The matrix of a group as it is to be quantized. */
  MatrixRows smoothed(WeightGroup group, MatrixRows matrix) {
    double[] own =
        group.layers().isEmpty() ? new double[0] : factors(group.layers().get(0).node().input(0));
    return own.length == 0
        ? matrix
        : new MatrixRows(
            new SmoothedPayload(matrix.payload(), matrix.columns(), group.byRow(), own),
            matrix.columns());
  }
}
