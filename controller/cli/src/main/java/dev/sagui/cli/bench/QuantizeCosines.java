/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.cli.bench;

import dev.sagui.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Cosines between the sentence vectors of both sides: the mean of the hidden states [N, T, D] over
 * the tokens, as the authors of Sentence-BERT pool them (no sample is padded).
 */
final class QuantizeCosines implements QuantizeMeasure {
  private double[] cosines = new double[64];
  private int count;

  @Override
  public void add(List<Tensor> inputs, List<Tensor> reference, List<Tensor> candidate) {
    float[] a = reference.get(0).floats();
    float[] b = candidate.get(0).floats();
    long[] shape = reference.get(0).shapeArray();
    int tokens = Math.toIntExact(shape[1]);
    int width = Math.toIntExact(shape[2]);
    for (int n = 0; n < shape[0]; n++) {
      add(cosine(mean(a, n, tokens, width), mean(b, n, tokens, width)));
    }
  }

  private void add(double cosine) {
    if (count == cosines.length) {
      cosines = Arrays.copyOf(cosines, 2 * count);
    }
    cosines[count++] = cosine;
  }

  private static double[] mean(float[] states, int sample, int tokens, int width) {
    double[] mean = new double[width];
    for (int i = 0; i < tokens * width; i++) {
      mean[i % width] += states[sample * tokens * width + i] / tokens;
    }
    return mean;
  }

  static double cosine(double[] a, double[] b) {
    double product = 0;
    double powerA = 0;
    double powerB = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      powerA += a[i] * a[i];
      powerB += b[i] * b[i];
    }
    return product / Math.sqrt(powerA * powerB);
  }

  /** The value that {@code percent} of them do not exceed, between neighbours on a line. */
  static double percentile(double[] values, double percent) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double at = percent / 100 * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }

  @Override
  public QuantizeOwn own() {
    double[] all = Arrays.copyOf(cosines, count);
    double first = percentile(all, 1);
    double mean = Arrays.stream(all).average().orElse(Double.NaN);
    return QuantizeOwn.highest(
        "p1", first, String.format(Locale.ROOT, "cos %.4f p1 %.4f", mean, first));
  }
}
