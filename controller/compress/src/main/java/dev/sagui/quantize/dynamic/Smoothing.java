/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.dynamic;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.gram.InputChannels;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.linear.MatrixRows;
import dev.sagui.quantize.linear.WeightGroup;
import dev.sagui.run.Samples;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * Divides an activation's channels by factors and multiplies the weights' inputs by them, so that
 * no channel alone sets the range of all: sⱼ = max|xⱼ|^α / max|wⱼ|^(1−α) (SmoothQuant, Xiao et al.,
 * 2022, equation 4). The division is a Mul of its own before the product.
 */
final class Smoothing {
  /** Nothing is smoothed. */
  static final Smoothing NONE = new Smoothing(Map.of(), Map.of());

  private final Map<String, double[]> factors;
  private final Map<String, InputChannels> inputs;

  private Smoothing(Map<String, double[]> factors, Map<String, InputChannels> inputs) {
    this.factors = factors;
    this.inputs = inputs;
  }

  /**
   * @param alpha empty to choose for each activation what costs least
   * @param levels that weights have on each side
   */
  static Smoothing of(
      OnnxModel model,
      Graph graph,
      List<WeightGroup> groups,
      Samples samples,
      int threads,
      OptionalDouble alpha,
      int levels)
      throws IOException {
    Map<String, List<WeightGroup>> byInput = WeightGroup.byActivation(groups);
    byInput.keySet().removeIf(value -> graph.producer(value).isEmpty() && !graph.isInput(value));
    if (byInput.isEmpty()) {
      return NONE;
    }
    Map<String, Integer> channels = new LinkedHashMap<>();
    byInput.forEach((value, users) -> channels.put(value, users.get(0).layers().get(0).inputs()));
    Map<String, InputChannels> inputs = InputChannels.of(model, channels, samples, threads);
    Map<String, double[]> factors = new LinkedHashMap<>();
    for (Map.Entry<String, InputChannels> input : inputs.entrySet()) {
      List<WeightGroup> users = byInput.getOrDefault(input.getKey(), List.of());
      factors.put(input.getKey(), factors(model, input.getValue(), users, alpha, levels));
    }
    return new Smoothing(factors, inputs);
  }

  private static double[] factors(
      OnnxModel model,
      InputChannels input,
      List<WeightGroup> users,
      OptionalDouble alpha,
      int levels)
      throws IOException {
    SmoothingSearch.Weights weights = new SmoothingSearch.Weights(input.power().length);
    for (WeightGroup group : users) {
      weights.add(group.rows(model), group.byRow());
    }
    if (alpha.isPresent()) {
      return SmoothingSearch.factors(input, weights, alpha.getAsDouble());
    }
    SmoothingSearch search = new SmoothingSearch(input, weights);
    for (WeightGroup group : users) {
      search.see(group.rows(model), group.byRow(), levels);
    }
    return search.best();
  }

  /** A factor for each channel of an activation; empty when it stays as it is. */
  double[] factors(String activation) {
    return factors.getOrDefault(activation, new double[0]);
  }

  /** The matrix of a group as it is to be quantized. */
  MatrixRows smoothed(WeightGroup group, MatrixRows matrix) {
    double[] own =
        group.layers().isEmpty() ? new double[0] : factors(group.layers().get(0).node().input(0));
    return matrix.scaled(group.byRow(), own);
  }

  /** The matrices whose activation the samples showed, by that activation. */
  Map<String, List<WeightGroup>> seen(List<WeightGroup> groups) {
    Map<String, List<WeightGroup>> seen = WeightGroup.byActivation(groups);
    seen.keySet().retainAll(inputs.keySet());
    return seen;
  }

  /** Second moments of an activation as it is after division and rounding to uint8. */
  InputGram smoothed(String activation, InputGram gram) {
    int size = gram.size();
    double[] own = factors(activation);
    double[] second = gram.second().clone();
    double step =
        SmoothingSearch.step(Objects.requireNonNull(inputs.get(activation)).largest(), own);
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size && own.length > 0; j++) {
        second[i * size + j] /= own[i] * own[j];
      }
      second[i * size + i] += step * step / 12;
    }
    return new InputGram(size, second, gram.mean(), gram.count());
  }
}
