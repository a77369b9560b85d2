/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.quantize.correct.AdaRound;
import dev.sagui.quantize.correct.Grid;
import dev.sagui.quantize.gram.ErrorFeedback;
import dev.sagui.quantize.gram.InputGram;
import dev.sagui.quantize.gram.WeightRows;
import dev.sagui.quantize.gram.Workers;
import java.util.Arrays;
import java.util.List;

/**
 * A weight on its grid so that the layer's output changes least: rounded with error feedback (GPTQ,
 * arXiv 2210.17323), then descended on the quadratic e·H·eᵀ (arXiv 2004.10568, equation 20); last,
 * each scale becomes the best for the levels found.
 */
final class RoundedLayer {
  private static final double DAMPING = 0.01;

  /**
   * What one group of a layer sees, taken apart once for all formats.
   *
   * @param second moments of its inputs, [size, size]
   */
  record Group(ErrorFeedback feedback, double[][] second) {
    static Group of(InputGram gram) {
      double[][] second = new double[gram.size()][];
      for (int i = 0; i < second.length; i++) {
        second[i] = Arrays.copyOfRange(gram.second(), i * gram.size(), (i + 1) * gram.size());
      }
      ErrorFeedback.Order order = ErrorFeedback.Order.LARGEST_FIRST;
      return new Group(ErrorFeedback.of(gram, DAMPING, order), second);
    }
  }

  private final float[] weight;
  private final ChannelScales held;
  private final float[] scales;
  private final ChannelLayout layout;
  private final WeightRows rows;
  private final LevelGrid grid;
  private final byte[] levels;
  private final double[] dot;
  private final double[] square;

  private RoundedLayer(
      float[] weight, ChannelScales held, ChannelLayout layout, WeightRows rows, LevelGrid grid) {
    this.grid = grid;
    this.weight = weight;
    this.held = held;
    this.scales = held.values();
    this.layout = layout;
    this.rows = rows;
    this.levels = new byte[weight.length];
    this.dot = new double[rows.count()];
    this.square = new double[rows.count()];
  }

  /**
   * @param scales of each channel, of either sign; refitted in place to others that their form
   *     holds
   * @param groups what each group sees
   * @param grid that levels are of; {@link AdaRound} goes on where it is uniform
   */
  static byte[] of(
      float[] weight,
      ChannelScales scales,
      ChannelLayout layout,
      WeightRows rows,
      List<Group> groups,
      LevelGrid grid) {
    RoundedLayer layer = new RoundedLayer(weight, scales, layout, rows, grid);
    for (int group = 0; group < groups.size(); group++) {
      layer.round(group, groups.get(group));
    }
    if (layer.hasOneScaleARow()) {
      layer.refit();
    }
    return layer.levels;
  }

  private void round(int group, Group seen) {
    int size = seen.second().length;
    int from = group * rows.perGroup();
    float[] values = new float[rows.perGroup() * size];
    for (int r = 0; r < rows.perGroup(); r++) {
      for (int j = 0; j < size; j++) {
        values[r * size + j] = weight[element(from + r, j)];
      }
    }
    float[] fed = values.clone();
    seen.feedback().replace(fed, (value, r, j) -> nearest(value, scale(from + r, j)));
    AdaRound descent = new AdaRound(seen.second());
    Workers.forEach(
        rows.perGroup(),
        size,
        r -> {
          float[] row = Arrays.copyOfRange(values, r * size, (r + 1) * size);
          float[] near = Arrays.copyOfRange(fed, r * size, (r + 1) * size);
          descend(descent, from + r, row, near, steps(from + r, size));
          if (hasOneScaleARow()) {
            keep(from + r, row, seen.second());
          }
        });
  }

  private void descend(AdaRound descent, int at, float[] row, float[] near, Grid steps) {
    int[] start = new int[row.length];
    for (int j = 0; j < start.length; j++) {
      start[j] = steps.nearest(j, near[j]);
    }
    int[] found = descent.improved(row, start, steps);
    for (int j = 0; j < found.length; j++) {
      levels[element(at, j)] = (byte) (scale(at, j) < 0 ? -found[j] : found[j]);
    }
  }

  private double nearest(double value, float scale) {
    return scale * grid.value(grid.nearest(value / scale));
  }

  /** Steps are positive; a negative scale turns the levels, and so the side that has one more. */
  private Grid steps(int row, int size) {
    float[] steps = new float[size];
    int negative = 0;
    for (int j = 0; j < size; j++) {
      float scale = scale(row, j);
      steps[j] = Math.abs(scale);
      negative += scale < 0 ? 1 : 0;
    }
    if (grid instanceof LevelGrid.Table table) {
      return Grid.table(steps, table.values());
    }
    LevelGrid.Uniform uniform = (LevelGrid.Uniform) grid;
    int most = (1 << (uniform.bits() - 1)) - 1;
    int low = negative == 0 ? -most - 1 : -most;
    return new Grid(steps, new int[size], low, negative == size ? most + 1 : most);
  }

  /** Row by row of the matrix, which is symmetric, so that loops vectorize. */
  private void keep(int row, float[] wanted, double[][] second) {
    double[] found = new double[wanted.length];
    double[] product = new double[wanted.length];
    for (int i = 0; i < found.length; i++) {
      int element = element(row, i);
      double value = Math.signum(scales[channel(element)]) * grid.value(level(element));
      found[i] = value;
      double[] own = second[i];
      for (int j = 0; j < product.length; j++) {
        product[j] += value * own[j];
      }
    }
    for (int j = 0; j < found.length; j++) {
      dot[row] += product[j] * wanted[j];
      square[row] += product[j] * found[j];
    }
  }

  private int level(int element) {
    return grid instanceof LevelGrid.Uniform ? levels[element] : levels[element] & 0xFF;
  }

  private boolean hasOneScaleARow() {
    return layout.channels() <= rows.count();
  }

  /** Takes the scale s of least (s·q − w)·H·(s·q − w)ᵀ. */
  private void refit() {
    double[] dots = new double[scales.length];
    double[] squares = new double[scales.length];
    for (int row = 0; row < rows.count(); row++) {
      dots[channel(element(row, 0))] += dot[row];
      squares[channel(element(row, 0))] += square[row];
    }
    for (int channel = 0; channel < scales.length; channel++) {
      double best = dots[channel] / squares[channel];
      float near = held.held((float) Math.copySign(best, scales[channel]));
      double before = Math.abs(scales[channel]);
      if (best > 0 && Math.abs(Math.abs(near) - best) < Math.abs(before - best)) {
        scales[channel] = near;
      }
    }
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
