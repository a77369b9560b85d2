/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.prune.channels;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import dev.sagui.tensor.DataType;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What changes in a model when its inputs move a little. */
final class Nudge {
  private static final int SAMPLES = 16;

  /** Of the inputs' own spread. */
  private static final double STEP = 0.05;

  private final OnnxModel model;
  private final Samples samples;
  private final int threads;

  Nudge(OnnxModel model, Samples samples, int threads) {
    this.model = model;
    this.samples = samples;
    this.threads = threads;
  }

  /** The mean square of how far each channel of a layer's input moves. */
  Map<Layer, double[]> moved(List<Layer> layers) throws IOException {
    List<Tensor> inputs = samples.first(SAMPLES);
    List<String> inner = Taps.values(model);
    List<String> names =
        layers.stream()
            .map(layer -> layer.map().consumer().input())
            .filter(inner::contains)
            .distinct()
            .toList();
    Map<String, float[]> before = new HashMap<>();
    Map<Layer, double[]> moved = new LinkedHashMap<>();
    if (names.isEmpty()) {
      return moved;
    }
    try (Taps taps = Taps.of(model, names, threads)) {
      taps.run(inputs, value -> before.put(value.name(), value.floats().clone()));
      taps.run(
          nudged(inputs),
          value -> {
            float[] first = before.getOrDefault(value.name(), new float[0]);
            layers.stream()
                .filter(layer -> layer.map().consumer().input().equals(value.name()))
                .forEach(layer -> moved.put(layer, squares(layer.map(), value, first)));
          });
    }
    return moved;
  }

  private static double[] squares(LayerMap map, Tensor value, float[] before) {
    List<Long> shape = value.shape();
    int axis = map.isConvolution() ? 1 : shape.size() - 1;
    int inner = shape.stream().skip(axis + 1L).mapToInt(Long::intValue).reduce(1, (a, b) -> a * b);
    float[] after = value.floats();
    double[] squares = new double[map.channels()];
    for (int i = 0; i < after.length; i++) {
      double change = after[i] - before[i];
      squares[i / inner % squares.length] += change * change * squares.length / after.length;
    }
    return squares;
  }

  private static List<Tensor> nudged(List<Tensor> inputs) {
    SplittableRandom random = new SplittableRandom(13);
    List<Tensor> nudged = new ArrayList<>();
    for (Tensor input : inputs) {
      nudged.add(input.type() == DataType.FP32 ? nudged(input, random) : input);
    }
    return nudged;
  }

  private static Tensor nudged(Tensor input, SplittableRandom random) {
    float[] values = input.floats().clone();
    double mean = 0;
    double square = 0;
    for (float value : values) {
      mean += (double) value / values.length;
      square += (double) value * value / values.length;
    }
    double step = STEP * Math.sqrt(Math.max(0, square - mean * mean));
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) random.nextDouble(-1, 1) * (float) step;
    }
    return Tensor.of(
        input.name(), values, input.shape().stream().mapToLong(Long::longValue).toArray());
  }
}
