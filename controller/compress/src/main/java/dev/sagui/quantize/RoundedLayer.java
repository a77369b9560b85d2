/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.quantize.correct.AdaRound;
import dev.sagui.quantize.correct.Grid;
import dev.sagui.quantize.gram.ErrorFeedback;
import dev.sagui.quantize.gram.InputGram;
import java.util.Arrays;
import java.util.List;

/**
 * A weight on its int4 or five-bit grid so that the layer's output changes least: rounded with
 * error feedback (GPTQ, arXiv 2210.17323), then descended on the quadratic e·H·eᵀ (arXiv
 * 2004.10568, equation 20); last, each scale becomes the best for the levels found.
 */
final class RoundedLayer {
  private static final double DAMPING = 0.01;

  private final float[] weight;
  private final ChannelScales held;
  private final float[] scales;
  private final ChannelLayout layout;
  private final WeightRows rows;
  private final int bits;
  private final byte[] levels;
  private final double[] dot;
  private final double[] square;
  private double power;

  /**
   * @param levels one for each element
   * @param error power of the layer's error to that of its product; 0 when it is not known
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Rounded(byte[] levels, double error) {}

  private RoundedLayer(
      float[] weight, ChannelScales held, ChannelLayout layout, WeightRows rows, int bits) {
    this.bits = bits;
    this.weight = weight;
    this.held = held;
    this.scales = held.values();
    this.layout = layout;
    this.rows = rows;
    this.levels = new byte[weight.length];
    this.dot = new double[scales.length];
    this.square = new double[scales.length];
  }

  /**
   * @param scales of each channel, of either sign; refitted in place to others that their form
   *     holds
   * @param grams one for each group
   * @param bits of a level
   */
  static Rounded of(
      float[] weight,
      ChannelScales scales,
      ChannelLayout layout,
      WeightRows rows,
      List<InputGram> grams,
      int bits) {
    RoundedLayer layer = new RoundedLayer(weight, scales, layout, rows, bits);
    for (int group = 0; group < grams.size(); group++) {
      layer.round(group, grams.get(group));
    }
    return new Rounded(layer.levels, layer.hasOneScaleARow() ? layer.refit() : 0);
  }

  private void round(int group, InputGram gram) {
    int size = gram.size();
    int from = group * rows.perGroup();
    float[] values = new float[rows.perGroup() * size];
    for (int r = 0; r < rows.perGroup(); r++) {
      for (int j = 0; j < size; j++) {
        values[r * size + j] = weight[element(from + r, j)];
      }
    }
    ErrorFeedback.Rounded fed =
        ErrorFeedback.round(
            values, gram, DAMPING, (value, r, j) -> nearest(value, scale(from + r, j)));
    double[][] second = matrix(gram);
    AdaRound descent = new AdaRound(second);
    for (int r = 0; r < rows.perGroup(); r++) {
      float[] row = Arrays.copyOfRange(values, r * size, (r + 1) * size);
      Grid grid = grid(from + r, size);
      int[] start = new int[size];
      for (int j = 0; j < size; j++) {
        start[j] = grid.nearest(j, fed.rows()[r * size + j]);
      }
      keep(from + r, row, descent.improved(row, start, grid), second);
    }
  }

  private static double[][] matrix(InputGram gram) {
    double[][] second = new double[gram.size()][];
    for (int i = 0; i < second.length; i++) {
      second[i] = Arrays.copyOfRange(gram.second(), i * gram.size(), (i + 1) * gram.size());
    }
    return second;
  }

  private double nearest(double value, float scale) {
    return (double) scale * Int4Payload.level(value, scale, bits);
  }

  /** Steps are positive; a negative scale turns the levels, and so the side that has one more. */
  private Grid grid(int row, int size) {
    float[] steps = new float[size];
    int negative = 0;
    for (int j = 0; j < size; j++) {
      float scale = scale(row, j);
      steps[j] = Math.abs(scale);
      negative += scale < 0 ? 1 : 0;
    }
    int most = (1 << (bits - 1)) - 1;
    int low = negative == 0 ? -most - 1 : -most;
    return new Grid(steps, new int[size], low, negative == size ? most + 1 : most);
  }

  private void keep(int row, float[] wanted, int[] found, double[][] second) {
    for (int i = 0; i < found.length; i++) {
      int channel = channel(element(row, i));
      int level = scales[channel] < 0 ? -found[i] : found[i];
      levels[element(row, i)] = (byte) level;
      double to = 0;
      double own = 0;
      for (int j = 0; j < found.length; j++) {
        to += second[i][j] * wanted[j];
        own += second[i][j] * found[j];
      }
      power += wanted[i] * to;
      dot[channel] += found[i] * to;
      square[channel] += found[i] * own;
    }
  }

  private boolean hasOneScaleARow() {
    return layout.channels() <= rows.count();
  }

  /** Takes the scale s of least (s·q − w)·H·(s·q − w)ᵀ; what is left to the power of w·H·wᵀ. */
  private double refit() {
    double left = power;
    for (int channel = 0; channel < scales.length; channel++) {
      double best = dot[channel] / square[channel];
      float near = held.held((float) Math.copySign(best, scales[channel]));
      double before = Math.abs(scales[channel]);
      if (best > 0 && Math.abs(Math.abs(near) - best) < Math.abs(before - best)) {
        scales[channel] = near;
      }
      double scale = Math.abs(scales[channel]);
      left += scale * scale * square[channel] - 2 * scale * dot[channel];
    }
    return left / power;
  }

  private int element(int row, int column) {
    return rows.first(row) + column * rows.stride();
  }

  private float scale(int row, int column) {
    return scales[channel(element(row, column))];
  }

  private int channel(int element) {
    return (int) (element / layout.inner() % layout.channels());
  }
}
