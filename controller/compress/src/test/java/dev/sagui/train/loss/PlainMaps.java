/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.quality.image.RandomFeatures;

/** The feature maps of the random network, by plain loops. */
final class PlainMaps {
  private PlainMaps() {}

  /** Mean magnitude of each layer's maps, averaged over layers; of one plane. */
  static double meanMagnitude(RandomFeatures features, float[] plane, int height, int width) {
    double[][] now = {new double[plane.length]};
    for (int i = 0; i < plane.length; i++) {
      now[0][i] = plane[i];
    }
    double total = 0;
    int h = height;
    int w = width;
    for (int layer = 0; layer < RandomFeatures.layers(); layer++) {
      double[][] next = new double[RandomFeatures.channels(layer)][(h + 1) / 2 * ((w + 1) / 2)];
      double sum = 0;
      for (int o = 0; o < next.length; o++) {
        for (int p = 0; p < next[o].length; p++) {
          int y = 2 * (p / ((w + 1) / 2));
          int x = 2 * (p % ((w + 1) / 2));
          double value = at(now, features.kernel(layer), o, y, x, h, w);
          next[o][p] = value < 0 ? RandomFeatures.SLOPE * value : value;
          sum += Math.abs(next[o][p]);
        }
      }
      total += sum / (next.length * next[0].length);
      now = next;
      h = (h + 1) / 2;
      w = (w + 1) / 2;
    }
    return total / RandomFeatures.layers();
  }

  private static double at(double[][] in, float[] kernel, int o, int y, int x, int h, int w) {
    double sum = 0;
    for (int i = 0; i < in.length; i++) {
      for (int tap = 0; tap < 9; tap++) {
        int sy = y + tap / 3 - 1;
        int sx = x + tap % 3 - 1;
        if (sy >= 0 && sy < h && sx >= 0 && sx < w) {
          sum += kernel[(o * in.length + i) * 9 + tap] * in[i][sy * w + sx];
        }
      }
    }
    return sum;
  }
}
