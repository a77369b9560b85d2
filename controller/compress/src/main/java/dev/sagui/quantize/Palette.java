/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.onnx.Half;
import dev.sagui.onnx.Payload;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * A table of least squared error for a weight: one-dimensional k-means over a histogram, solved
 * exactly by dynamic programming (Wang and Song, "Ckmeans.1d.dp", R Journal 2011), so that there is
 * no start to choose. An error counts by the square of its channel's scale.
 */
final class Palette {
  private static final int BINS = 2048;

  /** With more exact zeros than this share of a weight, it was pruned: one value is zero. */
  private static final double PRUNED = 1.0 / 16;

  private final double largest;
  private final double[] weights = new double[BINS];
  private final double[] sums = new double[BINS];
  private long zeros;
  private long count;

  private Palette(double largest) {
    this.largest = largest;
  }

  /**
   * Reads the weight twice.
   *
   * @param scales of each channel, not zero
   * @return {@code size} values or fewer, ascending, all of which binary16 has
   */
  static float[] of(Payload weight, ChannelLayout layout, float[] scales, int size)
      throws IOException {
    double[] largest = {0};
    each(weight, layout, scales, (v, s) -> largest[0] = Math.max(largest[0], Math.abs(v)));
    Palette palette = new Palette(Math.max(largest[0], Float.MIN_NORMAL));
    each(weight, layout, scales, palette::add);
    return palette.table(size);
  }

  private interface Values {
    void accept(double value, double scale);
  }

  private static void each(Payload weight, ChannelLayout layout, float[] scales, Values values)
      throws IOException {
    ChannelLayout.Cursor cursor = layout.new Cursor();
    weight.read(
        block -> {
          FloatBuffer floats = block.asFloatBuffer();
          while (floats.hasRemaining()) {
            float scale = scales[cursor.channel()];
            values.accept(floats.get() / scale, scale);
            cursor.advance(1);
          }
        });
  }

  private void add(double value, double scale) {
    int bin = Math.min(BINS - 1, (int) ((value / largest + 1) / 2 * BINS));
    weights[bin] += scale * scale;
    sums[bin] += scale * scale * value;
    zeros += value == 0 ? 1 : 0;
    count++;
  }

  private float[] table(int size) {
    int[] filled = java.util.stream.IntStream.range(0, BINS).filter(b -> weights[b] > 0).toArray();
    double[] w = new double[filled.length + 1];
    double[] s = new double[filled.length + 1];
    for (int i = 0; i < filled.length; i++) {
      w[i + 1] = w[i] + weights[filled[i]];
      s[i + 1] = s[i] + sums[filled[i]];
    }
    int[] starts = new Clusters(w, s).starts(Math.min(size, filled.length));
    float[] table = new float[starts.length];
    for (int k = 0; k < starts.length; k++) {
      int to = k + 1 < starts.length ? starts[k + 1] : filled.length;
      double mean = (s[to] - s[starts[k]]) / (w[to] - w[starts[k]]);
      table[k] = Half.toFloat(Half.of((float) mean));
    }
    if (zeros > PRUNED * count) {
      table[LevelGrid.table(table).nearest(0)] = 0;
    }
    return table;
  }

  /**
   * Which of sorted points go together.
   *
   * @param w sums of the weights of the points before each
   * @param s the same of their values
   */
  private record Clusters(double[] w, double[] s) {
    /** The first point of each cluster, for the least squared error. */
    int[] starts(int clusters) {
      int points = w.length - 1;
      double[] least = new double[points + 1];
      Arrays.fill(least, Double.NEGATIVE_INFINITY);
      least[0] = 0;
      int[][] first = new int[clusters][points + 1];
      for (int k = 0; k < clusters; k++) {
        double[] next = new double[points + 1];
        Arrays.fill(next, Double.NEGATIVE_INFINITY);
        fill(least, next, first[k], k + 1, points, k, points - 1);
        least = next;
      }
      int[] starts = new int[clusters];
      int to = points;
      for (int k = clusters - 1; k >= 0; k--) {
        starts[k] = first[k][to];
        to = starts[k];
      }
      return starts;
    }

    /** The best last cluster grows with the points, so that halves of them share a search. */
    private void fill(
        double[] before, double[] next, int[] first, int low, int high, int from, int to) {
      if (low > high) {
        return;
      }
      int middle = (low + high) / 2;
      int best = Math.min(from, middle - 1);
      for (int start = best; start <= Math.min(to, middle - 1); start++) {
        double power = before[start] + power(start, middle);
        if (power > next[middle]) {
          next[middle] = power;
          best = start;
        }
      }
      first[middle] = best;
      fill(before, next, first, low, middle - 1, from, best);
      fill(before, next, first, middle + 1, high, best, to);
    }

    /** What a cluster takes off the sum of squares: as its mean is all that is kept of it. */
    private double power(int from, int to) {
      double sum = s[to] - s[from];
      return sum * sum / (w[to] - w[from]);
    }
  }
}
