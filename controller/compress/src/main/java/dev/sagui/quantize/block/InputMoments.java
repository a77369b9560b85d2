/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.block;

import dev.sagui.onnx.OnnxModel;
import dev.sagui.run.Samples;
import dev.sagui.run.Taps;
import dev.sagui.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Second moments of the values that go into a layer, E[xᵢ·xⱼ], summed over all but their last
 * dimension, one batch in memory at a time.
 */
final class InputMoments {
  private static final int TILE = 32;

  private InputMoments() {}

  /** The upper triangle, [K, K]. */
  static float[][] all(OnnxModel model, String value, int inputs, Samples samples, int threads)
      throws IOException {
    float[][] moments = new float[inputs][inputs];
    float[] tile = new float[TILE * inputs];
    forEach(
        model,
        value,
        samples,
        threads,
        tensor -> {
          float[] x = tensor.floats();
          int rows = x.length / inputs;
          for (int row = 0; row < rows; row += TILE) {
            int count = Math.min(TILE, rows - row);
            System.arraycopy(x, row * inputs, tile, 0, count * inputs);
            add(tile, count, moments);
          }
        });
    return moments;
  }

  private static void add(float[] tile, int count, float[][] moments) {
    int inputs = moments.length;
    for (int i = 0; i < inputs; i++) {
      float[] row = moments[i];
      for (int r = 0; r < count; r++) {
        float factor = tile[r * inputs + i];
        if (factor != 0) {
          addTo(row, factor, tile, r * inputs, i);
        }
      }
    }
  }

  private static void addTo(float[] row, float factor, float[] tile, int at, int from) {
    for (int j = from; j < row.length; j++) {
      row[j] += factor * tile[at + j];
    }
  }

  /** The diagonal. */
  static float[] squares(OnnxModel model, String value, int inputs, Samples samples, int threads)
      throws IOException {
    double[] sums = new double[inputs];
    long[] rows = {0};
    forEach(
        model,
        value,
        samples,
        threads,
        tensor -> {
          float[] x = tensor.floats();
          for (int i = 0; i < x.length; i++) {
            sums[i % inputs] += (double) x[i] * x[i];
          }
          rows[0] += x.length / inputs;
        });
    float[] means = new float[inputs];
    for (int i = 0; i < inputs; i++) {
      means[i] = (float) (sums[i] / Math.max(1, rows[0]));
    }
    return means;
  }

  private static void forEach(
      OnnxModel model, String value, Samples samples, int threads, Consumer<Tensor> each)
      throws IOException {
    boolean given =
        model.graph().getInputList().stream().anyMatch(input -> input.getName().equals(value));
    if (given) {
      samples.forEachBatch(
          batch -> batch.stream().filter(t -> t.name().equals(value)).forEach(each));
      return;
    }
    try (Taps taps = Taps.of(model, List.of(value), threads)) {
      taps.forEach(samples, each);
    }
  }
}
