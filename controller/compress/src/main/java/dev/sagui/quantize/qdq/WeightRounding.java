/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.Parallel;
import dev.sagui.onnx.Progress;
import dev.sagui.quantize.WeightGrid;
import dev.sagui.quantize.gram.ErrorFeedback;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.LayerInput;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rounds weights so that a layer's outputs change least: with the moments of its inputs, one layer
 * at a time. Where the layer can take a bias, the mean of its error goes there (Nagel et al., DFQ,
 * arXiv 1906.04721, section 4.2), so that rounding only has to keep the rest small.
 */
final class WeightRounding {
  /** Layers with longer rows are rounded to the nearest: their moments are too large. */
  private static final int MOST_COLUMNS = 1200;

  /** Vectors that a layer's moments are taken from, for each number in one. */
  private static final int VECTORS = 4;

  private static final int FEW = 2048;

  /** Of the moments of layers that are looked at in one pass over the samples. */
  private static final long MOMENT_BYTES = 128_000_000;

  /** Longer rows choose their scale by the inputs' power alone. */
  private static final int SHORT = 256;

  private static final double DAMPING = 0.01;

  private final OnnxModel model;
  private final Graph graph;
  private final Int8Format format;
  private final Map<String, IntegerWeights> rounded = new LinkedHashMap<>();
  private final Map<String, double[]> shifts = new LinkedHashMap<>();

  /** Weights of a layer, one row an output: scales, steps of them, and what the bias makes good. */
  private record Rows(float[] scales, byte[] steps, double[] shift) {}

  private WeightRounding(OnnxModel model, Int8Format format) {
    this.model = model;
    this.graph = new Graph(model);
    this.format = format;
  }

  /**
   * @param batches of the model's inputs
   */
  static Corrections of(
      OnnxModel model,
      List<Node> layers,
      Int8Format format,
      List<List<Tensor>> batches,
      int threads,
      Progress progress)
      throws IOException {
    WeightRounding rounding = new WeightRounding(model, format);
    List<LayerInput> inputs =
        layers.stream()
            .flatMap(layer -> LayerInput.of(layer, rounding.dims(layer)).stream())
            .filter(rounding::isMeasured)
            .toList();
    for (int from = 0; from < inputs.size(); ) {
      int to = from;
      for (long bytes = 0; to < inputs.size() && (to == from || bytes < MOMENT_BYTES); to++) {
        bytes += bytes(inputs.get(to));
      }
      rounding.round(inputs.subList(from, to), batches, threads);
      from = to;
      progress.at("round weights", (double) from / inputs.size());
    }
    return new Corrections(rounding.rounded, rounding.shifts);
  }

  /** Of a layer's moments, while they are summed and after. */
  private static long bytes(LayerInput layer) {
    return 2L * Double.BYTES * layer.groups() * layer.size() * layer.size();
  }

  private List<Long> dims(Node layer) {
    return graph.constant(layer.input(1)).orElseThrow().getDimsList();
  }

  private boolean isMeasured(LayerInput input) {
    return input.size() <= MOST_COLUMNS && graph.producer(input.input()).isPresent();
  }

  private void round(List<LayerInput> layers, List<List<Tensor>> batches, int threads)
      throws IOException {
    long samples = batches.stream().mapToLong(batch -> batch.get(0).shape().get(0)).sum();
    Map<LayerInput, List<InputGram>> grams =
        InputGram.of(
            model,
            layers,
            batches,
            layer -> (int) Math.max(1, vectors(layer) / Math.max(1, samples)),
            threads);
    List<Map.Entry<LayerInput, List<InputGram>>> each = List.copyOf(grams.entrySet());
    Parallel.forEach(each, entry -> round(entry.getKey(), entry.getValue()));
  }

  private void round(LayerInput layer, List<InputGram> grams) throws IOException {
    Node node = layer.node();
    LayerRows rows = LayerRows.of(model, graph, node);
    WeightGrid grid = WeightGrid.of(node, layer.weightDims(), rows.size(), format);
    Rows result =
        new Rows(
            new float[rows.outputs()], new byte[rows.values().length], new double[rows.outputs()]);
    int outputs = rows.outputs() / grams.size();
    for (int g = 0; g < grams.size(); g++) {
      InputGram gram = node.is("MatMul") ? grams.get(g) : grams.get(g).centred();
      round(rows, g * outputs, outputs, grid, gram, result);
    }
    store(node, rows, result);
  }

  private static long vectors(LayerInput layer) {
    return Math.max(FEW, (long) VECTORS * layer.size());
  }

  private synchronized void store(Node node, LayerRows rows, Rows result) {
    rounded.put(node.output(0), IntegerWeights.of(result.scales(), rows.asStored(result.steps())));
    if (!node.is("MatMul")) {
      shifts.put(node.output(0), result.shift());
    }
  }

  /** Rounds the outputs of one group. */
  private static void round(
      LayerRows all, int first, int outputs, WeightGrid grid, InputGram gram, Rows result) {
    int size = all.size();
    float[] scales = result.scales();
    for (int r = first; r < first + outputs; r++) {
      scales[r] = grid.scale(all.row(r), 0, off -> cost(off, gram));
    }
    float[] rows = Arrays.copyOfRange(all.values(), first * size, (first + outputs) * size);
    byte[][] steps = new byte[outputs][size];
    for (byte[] row : steps) {
      Arrays.fill(row, WeightGrid.OPEN);
    }
    ErrorFeedback.round(
        rows,
        gram,
        DAMPING,
        (value, row, column) -> {
          float scale = scales[first + row];
          steps[row][column] = (byte) grid.nearest(value / scale, column, steps[row]);
          return (double) steps[row][column] * scale;
        });
    for (int r = 0; r < outputs; r++) {
      System.arraycopy(steps[r], 0, result.steps(), (first + r) * size, size);
      for (int i = 0; i < size; i++) {
        double error = rows[r * size + i] - (double) steps[r][i] * scales[first + r];
        result.shift()[first + r] += error * gram.mean()[i];
      }
    }
  }

  private static double cost(double[] off, InputGram gram) {
    double cost = 0;
    for (int i = 0; i < off.length; i++) {
      double sum = 0;
      int base = i * off.length;
      if (off.length > SHORT) {
        sum = gram.second()[base + i] * off[i];
      } else {
        for (int j = 0; j < off.length; j++) {
          sum += gram.second()[base + j] * off[j];
        }
      }
      cost += off[i] * sum;
    }
    return cost;
  }
}
