/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.NodeBuilder;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.quantize.gram.InputGram;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A convolution with a kernel of h × w as one of h × 1 and one of 1 × w (Jaderberg et al. 2014,
 * arXiv 1405.3866, scheme 2): the first from the singular value decomposition of the weights, rows
 * weighted by the power of their channel, the second then by least squares on the data.
 */
final class SpatialFactoring implements Factoring {
  private final Layer layer;
  private final double wider;
  private final double[][] weights;
  private double[][] moments;
  private final double[] mean;
  private final double[][] columns;
  private final double energy;
  private final Map<Integer, Fitted> fitted = new HashMap<>();

  /**
   * The second convolution of a rank.
   *
   * @param map [rank · w, outputs]
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Fitted(double[][] map, double error) {}

  private SpatialFactoring(
      Layer layer, double wider, double[][] moments, double[] mean, double[][] columns) {
    this.layer = layer;
    this.wider = wider;
    this.weights = layer.matrix(0);
    this.moments = moments;
    this.mean = mean;
    this.columns = columns;
    this.energy = dot(weights, OutputFactoring.product(moments, weights)) + 1e-30;
  }

  /**
   * @param wider columns of the input for each of the output
   */
  static SpatialFactoring of(Layer layer, InputGram gram, double wider) {
    LayerMap map = layer.map();
    int h = map.kernel().get(0);
    int w = map.kernel().get(1);
    double[][] weights = layer.matrix(0);
    double[][] tall = new double[map.channels() * h][w * map.outputs()];
    double[] power = new double[map.channels()];
    for (int i = 0; i < weights.length; i++) {
      power[i / (h * w)] += gram.second()[i * gram.size() + i] / (h * w);
    }
    for (int i = 0; i < weights.length; i++) {
      int channel = i / (h * w);
      double scale = Math.sqrt(power[channel]);
      for (int o = 0; o < map.outputs(); o++) {
        tall[i / w][i % w * map.outputs() + o] = scale * weights[i][o];
      }
    }
    double[][] columns =
        SymmetricEigen.of(OutputFactoring.product(tall, OutputFactoring.transposed(tall)))
            .vectors();
    for (double[] column : columns) {
      for (int i = 0; i < column.length; i++) {
        column[i] = power[i / h] > 0 ? column[i] / Math.sqrt(power[i / h]) : 0;
      }
    }
    return new SpatialFactoring(
        layer, wider, NormalEquations.matrix(gram, layer.hasBias()), gram.mean(), columns);
  }

  private static double dot(double[][] a, double[][] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[i].length; j++) {
        sum += a[i][j] * b[i][j];
      }
    }
    return sum;
  }

  private int height() {
    return layer.map().kernel().get(0);
  }

  private int width() {
    return layer.map().kernel().get(1);
  }

  @Override
  public String label() {
    return "spatial";
  }

  @Override
  public int most() {
    return columns.length;
  }

  @Override
  public double work(int rank) {
    double first = (double) rank * layer.map().channels() * height() * wider;
    double second = (double) rank * width() * layer.map().outputs();
    return (first + second) / weights.length / layer.map().outputs();
  }

  @Override
  public double error(int rank) {
    return fitted(rank).error();
  }

  @Override
  public void settle(Set<Integer> ranks) {
    ranks.forEach(this::fitted);
    fitted.keySet().retainAll(ranks);
    moments = new double[0][0];
  }

  private Fitted fitted(int rank) {
    return fitted.computeIfAbsent(rank, this::fit);
  }

  private Fitted fit(int rank) {
    double[][] window = window(rank);
    double[][] through = OutputFactoring.products(window, moments);
    double[][] square = OutputFactoring.product(through, window);
    double[][] right = OutputFactoring.product(through, weights);
    double[][] map = NormalEquations.of(square).solve(right);
    double rest = energy - 2 * dot(map, right) + dot(map, OutputFactoring.product(square, map));
    return new Fitted(map, Math.max(0, rest / energy));
  }

  /** [channel · tap, rank · w]: what the second convolution sees of the layer's input. */
  private double[][] window(int rank) {
    int w = width();
    double[][] window = new double[weights.length][rank * w];
    for (int i = 0; i < window.length; i++) {
      for (int r = 0; r < rank; r++) {
        window[i][r * w + i % w] = columns[r][i / w];
      }
    }
    return window;
  }

  @Override
  public void put(OnnxModel model, Graph graph, Node node, int rank) {
    double[][] map = fitted(rank).map();
    TwoLayers two = new TwoLayers(model, graph, node);
    String between = two.conv(Arrays.copyOf(columns, rank), List.of((long) height(), 1L), 0);
    String weight = two.filters(OutputFactoring.transposed(map), List.of(1L, (long) width()));
    two.last(
        NodeBuilder.of("Conv").inputs(two.with(between, weight, bias(rank, map))),
        TwoLayers.along(node, 1));
  }

  private float[] bias(int rank, double[][] map) {
    float[] bias = layer.bias().clone();
    double[][] row = {mean};
    double[] full = OutputFactoring.product(row, weights)[0];
    double[] left = OutputFactoring.product(OutputFactoring.product(row, window(rank)), map)[0];
    for (int o = 0; o < bias.length; o++) {
      bias[o] += (float) (full[o] - left[o]);
    }
    return bias;
  }
}
