/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.correct;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.linear.Nodes;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Absorption of high biases (Nagel et al., DFQ, arXiv 1906.04721, section 4.1.3): what a channel
 * between two layers gives in any case goes from the first one's bias into the second one's, and
 * the range of all channels need not hold it. With x ≥ c, relu(x) = relu(x − c) + c.
 *
 * <p>c is the least that the samples show, or three deviations below their mean where that is less.
 * The second layer must see c at each of its taps, so that one which pads is left.
 */
final class Absorption {
  private static final double DEVIATIONS = 3;

  private Absorption() {}

  /**
   * Edits {@code graph}, which is of {@code model}.
   *
   * @return how many channels gave something
   * @throws dev.sagui.failure.RejectedException as {@link Taps#forEach}
   */
  static int apply(OnnxModel model, Graph graph, Samples samples, int threads) throws IOException {
    Map<String, Pair> pairs = new LinkedHashMap<>();
    for (Pair pair : Pair.all(graph)) {
      if (pair.first().node().hasInput(2) && pair.second().takesConstants(graph)) {
        pairs.put(pair.first().node().output(0), pair);
      }
    }
    if (pairs.isEmpty()) {
      return 0;
    }
    Map<String, Channels> seen = new LinkedHashMap<>();
    pairs.forEach((value, pair) -> seen.put(value, new Channels(pair.first())));
    OnnxModel now = Nodes.with(model, graph);
    try (Taps taps = Taps.of(now, pairs.keySet(), threads)) {
      taps.forEach(
          samples,
          value -> seen.computeIfPresent(value.name(), (name, channels) -> channels.plus(value)));
    }
    int moved = 0;
    for (Map.Entry<String, Channels> each : seen.entrySet()) {
      Pair pair = pairs.get(each.getKey());
      double[] amounts = each.getValue().amounts();
      if (pair != null && Arrays.stream(amounts).anyMatch(c -> c > 0)) {
        move(model, graph, pair, amounts);
        moved += (int) Arrays.stream(amounts).filter(c -> c > 0).count();
      }
    }
    return moved;
  }

  private static void move(OnnxModel model, Graph graph, Pair pair, double[] amounts)
      throws IOException {
    double[] added = pair.second().products(model, graph, amounts);
    String bias = pair.first().node().input(2);
    double[] less = TensorValues.doubles(model, graph.constant(bias).orElseThrow());
    for (int c = 0; c < less.length; c++) {
      less[c] -= amounts[c];
    }
    graph.put(named(bias, less));
    Node second = pair.second().node();
    if (second.hasInput(2)) {
      double[] more = TensorValues.doubles(model, graph.constant(second.input(2)).orElseThrow());
      for (int c = 0; c < added.length; c++) {
        added[c] += more[c];
      }
      graph.put(named(second.input(2), added));
    } else {
      String name = graph.addConstant(second.output(0) + "_bias", named("", added));
      List<String> inputs = List.of(second.input(0), second.input(1), name);
      graph.set(second, second.proto().toBuilder().clearInput().addAllInput(inputs).build());
    }
  }

  private static TensorProto named(String name, double[] values) {
    return TensorValues.floats(List.of((long) values.length), values).toBuilder()
        .setName(name)
        .build();
  }

  /** What samples show of each channel of a value. */
  private static final class Channels {
    private final boolean last;
    private final double[] least;
    private final double[] sums;
    private final double[] squares;
    private long count;

    Channels(Linear layer) {
      this.last = layer.isMatrix();
      this.least = new double[layer.outputs()];
      this.sums = new double[layer.outputs()];
      this.squares = new double[layer.outputs()];
      Arrays.fill(least, Double.POSITIVE_INFINITY);
    }

    Channels plus(Tensor value) {
      float[] values = value.floats();
      long inner = last ? 1 : value.shape().stream().skip(2).reduce(1L, (a, b) -> a * b);
      for (int i = 0; i < values.length; i++) {
        int channel = (int) (i / inner % least.length);
        least[channel] = Math.min(least[channel], values[i]);
        sums[channel] += values[i];
        squares[channel] += (double) values[i] * values[i];
      }
      count += values.length / least.length;
      return this;
    }

    double[] amounts() {
      double[] amounts = new double[least.length];
      for (int c = 0; c < amounts.length && count > 0; c++) {
        double mean = sums[c] / count;
        double deviation = Math.sqrt(Math.max(0, squares[c] / count - mean * mean));
        double amount = Math.min(least[c], mean - DEVIATIONS * deviation);
        amounts[c] = Double.isFinite(amount) ? Math.max(0, amount) : 0;
      }
      return amounts;
    }
  }
}
