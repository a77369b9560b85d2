/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.image;

import java.util.Random;

/**
 * Features of a picture by a small convolutional network that was never trained, which tell sets of
 * pictures apart without a downloaded network (Naeem et al. 2020, arXiv 2002.09797, section 4.2,
 * take a random VGG16).
 *
 * <p>Three 3×3 convolutions of stride 2 with zero padding, 16, 32 and 64 channels, He-normal
 * weights by the seed, leaky ReLU 0.2; of each channel of each layer the mean and the standard
 * deviation over positions: 224 features.
 */
public final class RandomFeatures {
  /** Features of a picture. */
  public static final int COUNT = 224;

  /** Of the leaky ReLU behind each convolution. */
  public static final float SLOPE = 0.2f;

  private static final int[] CHANNELS = {16, 32, 64};

  private final int channels;
  private final float[][] weights = new float[CHANNELS.length][];

  /**
   * @param channels of the pictures
   */
  public RandomFeatures(int channels, long seed) {
    this.channels = channels;
    Random random = new Random(seed);
    int in = channels;
    for (int layer = 0; layer < CHANNELS.length; layer++) {
      weights[layer] = new float[CHANNELS[layer] * in * 9];
      double deviation = Math.sqrt(2 / ((1 + SLOPE * SLOPE) * in * 9));
      for (int i = 0; i < weights[layer].length; i++) {
        weights[layer][i] = (float) (deviation * random.nextGaussian());
      }
      in = CHANNELS[layer];
    }
  }

  /** Convolutions. */
  public static int layers() {
    return CHANNELS.length;
  }

  /** Channels that a layer gives. */
  public static int channels(int layer) {
    return CHANNELS[layer];
  }

  /** A layer's weights, copied: [channels, channels before it, 3, 3]. */
  public float[] kernel(int layer) {
    return weights[layer].clone();
  }

  /**
   * @param planes [channels][height, width], brought to about −1..1
   * @return [224]
   */
  public float[] of(float[][] planes, int height, int width) {
    if (planes.length != channels) {
      throw new IllegalArgumentException(
          "expected %d channels, got %d".formatted(channels, planes.length));
    }
    float[] features = new float[COUNT];
    float[][] now = planes;
    int h = height;
    int w = width;
    int at = 0;
    for (int layer = 0; layer < CHANNELS.length; layer++) {
      now = convolved(now, h, w, weights[layer], CHANNELS[layer]);
      h = (h + 1) / 2;
      w = (w + 1) / 2;
      for (float[] plane : now) {
        at = moments(plane, features, at);
      }
    }
    return features;
  }

  private static float[][] convolved(float[][] in, int h, int w, float[] weights, int outs) {
    int rows = (h + 1) / 2;
    int columns = (w + 1) / 2;
    float[][][] taps = new float[in.length][][];
    for (int i = 0; i < in.length; i++) {
      taps[i] = taps(in[i], h, w);
    }
    float[][] out = new float[outs][rows * columns];
    for (int o = 0; o < outs; o++) {
      for (int i = 0; i < in.length; i++) {
        for (int k = 0; k < 9; k++) {
          accumulate(taps[i][k], out[o], weights[(o * in.length + i) * 9 + k]);
        }
      }
      for (int p = 0; p < out[o].length; p++) {
        out[o][p] = out[o][p] < 0 ? SLOPE * out[o][p] : out[o][p];
      }
    }
    return out;
  }

  /**
   * What each of the nine taps sees at each output position: [9][rows · columns]; pixels outside of
   * the picture are zero.
   */
  private static float[][] taps(float[] in, int h, int w) {
    int columns = (w + 1) / 2;
    float[][] taps = new float[9][(h + 1) / 2 * columns];
    for (int tap = 0; tap < 9; tap++) {
      int dy = tap / 3 - 1;
      int dx = tap % 3 - 1;
      for (int y = 0; y < (h + 1) / 2; y++) {
        int sy = 2 * y + dy;
        if (sy < 0 || sy >= h) {
          continue;
        }
        for (int x = dx < 0 ? 1 : 0; x < columns && 2 * x + dx < w; x++) {
          taps[tap][y * columns + x] = in[sy * w + 2 * x + dx];
        }
      }
    }
    return taps;
  }

  private static void accumulate(float[] tap, float[] out, float weight) {
    for (int p = 0; p < out.length; p++) {
      out[p] += weight * tap[p];
    }
  }

  private static int moments(float[] plane, float[] features, int at) {
    double sum = 0;
    double squares = 0;
    for (float value : plane) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / plane.length;
    features[at] = (float) mean;
    features[at + 1] = (float) Math.sqrt(Math.max(0, squares / plane.length - mean * mean));
    return at + 2;
  }
}
