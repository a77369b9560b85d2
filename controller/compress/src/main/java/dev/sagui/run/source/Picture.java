/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.run.source;

/**
 * A decoded picture.
 *
 * @param channels 1 or 3
 * @param levels in 0..255, row by row, the channels of a pixel side by side
 */
record Picture(int height, int width, int channels, float[] levels) {
  /** In one channel (ITU-R BT.601 luma) or three. */
  Picture withChannels(int wanted) {
    if (wanted == channels) {
      return this;
    }
    int pixels = height * width;
    float[] other = new float[pixels * wanted];
    for (int i = 0; i < pixels; i++) {
      if (wanted == 1) {
        other[i] = 0.299f * levels[3 * i] + 0.587f * levels[3 * i + 1] + 0.114f * levels[3 * i + 2];
      } else {
        java.util.Arrays.fill(other, 3 * i, 3 * i + 3, levels[i]);
      }
    }
    return new Picture(height, width, wanted, other);
  }

  /** Bilinear, antialiased where it shrinks, as Pillow's BILINEAR and torch's antialias=True. */
  Picture resized(int newHeight, int newWidth) {
    if (newHeight == height && newWidth == width) {
      return this;
    }
    Resampling across = new Resampling(width, newWidth);
    float[] narrow = new float[height * newWidth * channels];
    for (int y = 0; y < height; y++) {
      across.apply(
          levels, y * width * channels, channels, narrow, y * newWidth * channels, channels);
    }
    Resampling down = new Resampling(height, newHeight);
    float[] result = new float[newHeight * newWidth * channels];
    int line = newWidth * channels;
    for (int i = 0; i < newWidth; i++) {
      down.apply(narrow, i * channels, line, result, i * channels, line);
    }
    return new Picture(newHeight, newWidth, channels, result);
  }

  /** Triangle weights of one axis. */
  private final class Resampling {
    private final int[] first;
    private final float[][] weights;

    Resampling(int from, int to) {
      double scale = (double) from / to;
      double support = Math.max(1, scale);
      first = new int[to];
      weights = new float[to][];
      for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * scale;
        int low = Math.max(0, (int) Math.floor(centre - support + 0.5));
        int high = Math.min(from, (int) Math.floor(centre + support + 0.5));
        first[i] = low;
        weights[i] = new float[Math.max(1, high - low)];
        fill(weights[i], low, centre, support);
      }
    }

    private static void fill(float[] row, int low, double centre, double support) {
      double sum = 0;
      double[] raw = new double[row.length];
      for (int j = 0; j < row.length; j++) {
        raw[j] = Math.max(0, 1 - Math.abs(low + j + 0.5 - centre) / support);
        sum += raw[j];
      }
      for (int j = 0; j < row.length; j++) {
        row[j] = (float) (sum == 0 ? 1 : raw[j] / sum);
      }
    }

    void apply(float[] from, int at, int step, float[] to, int toAt, int toStep) {
      for (int i = 0; i < weights.length; i++) {
        for (int c = 0; c < channels; c++) {
          float sum = 0;
          for (int j = 0; j < weights[i].length; j++) {
            sum += weights[i][j] * from[at + (first[i] + j) * step + c];
          }
          to[toAt + i * toStep + c] = sum;
        }
      }
    }
  }
}
