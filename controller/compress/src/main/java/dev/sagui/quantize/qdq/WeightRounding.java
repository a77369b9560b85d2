/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.qdq;

import dev.sagui.onnx.Graph;
import dev.sagui.onnx.Node;
import dev.sagui.onnx.OnnxModel;
import dev.sagui.onnx.TensorValues;
import dev.sagui.quantize.gram.ErrorFeedback;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.LayerInput;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rounds weights so that a layer's outputs change least: with the moments of its inputs, one layer
 * at a time. Where the layer can take a bias, the mean of its error goes there (Nagel et al., DFQ,
 * arXiv 1906.04721, section 4.2), so that rounding only has to keep the rest small.
 */
final class WeightRounding {
  /** Layers with longer rows are rounded to the nearest: their moments are too large. */
  private static final int MOST_COLUMNS = 1200;

  /** Positions of an image that moments are taken from. */
  private static final int POSITIONS = 1024;

  private static final double DAMPING = 0.01;

  /** Of the scale that holds a row's largest weight. */
  private static final double[] PARTS = {1, 0.95, 0.9, 0.85, 0.8, 0.7};

  private final OnnxModel model;
  private final Graph graph;
  private final int levels;
  private final Map<String, IntegerWeights> rounded = new LinkedHashMap<>();
  private final Map<String, double[]> shifts = new LinkedHashMap<>();

  /** Weights of a layer, one row an output: scales, steps of them, and what the bias makes good. */
  private record Rows(float[] scales, byte[] steps, double[] shift) {}

  private WeightRounding(OnnxModel model, int levels) {
    this.model = model;
    this.graph = new Graph(model);
    this.levels = levels;
  }

  /**
   * @param levels weights go from −levels to levels
   * @param batches of the model's inputs
   */
  static Corrections of(
      OnnxModel model, List<Node> layers, int levels, List<List<Tensor>> batches, int threads)
      throws IOException {
    WeightRounding rounding = new WeightRounding(model, levels);
    for (Node layer : layers) {
      Optional<LayerInput> input =
          LayerInput.of(layer, rounding.graph.constant(layer.input(1)).orElseThrow().getDimsList())
              .filter(rounding::isMeasured);
      if (input.isPresent()) {
        rounding.round(
            input.get(),
            InputGram.of(model, List.of(input.get()), batches, POSITIONS, threads)
                .getOrDefault(input.get(), List.of()));
      }
    }
    return new Corrections(rounding.rounded, rounding.shifts);
  }

  private boolean isMeasured(LayerInput input) {
    return input.size() <= MOST_COLUMNS && graph.producer(input.input()).isPresent();
  }

  private void round(LayerInput layer, List<InputGram> grams) throws IOException {
    Node node = layer.node();
    float[] weights = TensorValues.floats(model, graph.constant(node.input(1)).orElseThrow());
    int outputs = weights.length / layer.size();
    boolean turned = QdqWriter.channelAxis(node) == 1;
    float[] rows = turned ? transposed(weights, layer.size()) : weights;
    Rows result = new Rows(new float[outputs], new byte[rows.length], new double[outputs]);
    for (int g = 0; g < grams.size(); g++) {
      InputGram gram = node.is("MatMul") ? grams.get(g) : centred(grams.get(g));
      int each = rows.length / grams.size();
      round(Arrays.copyOfRange(rows, g * each, (g + 1) * each), gram, g * each, result);
    }
    byte[] steps = turned ? transposed(result.steps(), outputs) : result.steps();
    rounded.put(node.output(0), new IntegerWeights(result.scales(), steps));
    if (!node.is("MatMul")) {
      shifts.put(node.output(0), result.shift());
    }
  }

  /** Rows of one group, which begin at element {@code from} of the result. */
  private void round(float[] rows, InputGram gram, int from, Rows result) {
    int columns = gram.size();
    float[] scales = scales(rows, columns, gram);
    float[] values = onGrid(rows, gram, scales);
    System.arraycopy(scales, 0, result.scales(), from / columns, scales.length);
    for (int i = 0; i < values.length; i++) {
      result.steps()[from + i] = (byte) Math.round(values[i] / scales[i / columns]);
      result.shift()[(from + i) / columns] +=
          (rows[i] - (double) values[i]) * gram.mean()[i % columns];
    }
  }

  private float[] onGrid(float[] rows, InputGram gram, float[] scales) {
    return ErrorFeedback.round(
            rows,
            gram,
            DAMPING,
            (value, row, column) -> {
              long step = Math.round(value / scales[row]);
              return (double) Math.max(-levels, Math.min(levels, step)) * scales[row];
            })
        .rows();
  }

  /** Of each row the scale whose nearest rounding costs least. */
  private float[] scales(float[] rows, int columns, InputGram gram) {
    float[] scales = new float[rows.length / columns];
    for (int r = 0; r < scales.length; r++) {
      float[] row = Arrays.copyOfRange(rows, r * columns, (r + 1) * columns);
      float largest = 0;
      for (float w : row) {
        largest = Math.max(largest, Math.abs(w));
      }
      scales[r] = Float.MIN_NORMAL;
      double least = Double.POSITIVE_INFINITY;
      for (double part : PARTS) {
        float scale = (float) Math.max(part * largest / levels, Float.MIN_NORMAL);
        double cost = cost(row, scale, gram);
        if (cost < least) {
          least = cost;
          scales[r] = scale;
        }
      }
    }
    return scales;
  }

  private double cost(float[] row, float scale, InputGram gram) {
    double[] off = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      long step = Math.round((double) row[i] / scale);
      off[i] = row[i] - (double) Math.max(-levels, Math.min(levels, step)) * scale;
    }
    double cost = 0;
    for (int i = 0; i < off.length; i++) {
      double sum = 0;
      for (int j = 0; j < off.length; j++) {
        sum += gram.second()[i * off.length + j] * off[j];
      }
      cost += off[i] * sum;
    }
    return cost;
  }

  /** The moments around the mean. */
  private static InputGram centred(InputGram gram) {
    double[] second = gram.second().clone();
    for (int i = 0; i < gram.size(); i++) {
      for (int j = 0; j < gram.size(); j++) {
        second[i * gram.size() + j] -= gram.mean()[i] * gram.mean()[j];
      }
    }
    return new InputGram(gram.size(), second, gram.mean(), gram.count());
  }

  /** From so many rows. */
  private static float[] transposed(float[] values, int rows) {
    float[] turned = new float[values.length];
    int columns = values.length / rows;
    for (int i = 0; i < values.length; i++) {
      turned[i % columns * rows + i / columns] = values[i];
    }
    return turned;
  }

  private static byte[] transposed(byte[] values, int rows) {
    byte[] turned = new byte[values.length];
    int columns = values.length / rows;
    for (int i = 0; i < values.length; i++) {
      turned[i % columns * rows + i / columns] = values[i];
    }
    return turned;
  }
}
