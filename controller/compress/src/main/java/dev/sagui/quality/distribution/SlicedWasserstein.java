/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.distribution;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Sliced Wasserstein distance (Rabin et al. 2011; of picture patches: PGGAN, arXiv 1710.10196,
 * section 5): the mean, over 128 random directions, of the 1-Wasserstein distance between two sets
 * of vectors projected on each, which is the mean difference of sorted values.
 *
 * <p>Both sets are taken in units of the first one's mean and standard deviation of each channel.
 * PGGAN takes each set in its own, which hides a change of brightness or contrast.
 */
public final class SlicedWasserstein {
  private static final int DIRECTIONS = 128;

  private final int channels;
  private final float[][] directions;

  /**
   * @param channels that share a mean and a deviation; a vector is [channels, length]
   */
  public SlicedWasserstein(int channels, int length, long seed) {
    this.channels = channels;
    this.directions = new float[DIRECTIONS][channels * length];
    Random random = new Random(seed);
    for (float[] direction : directions) {
      double squares = 0;
      for (int i = 0; i < direction.length; i++) {
        direction[i] = (float) random.nextGaussian();
        squares += direction[i] * direction[i];
      }
      for (int i = 0; i < direction.length; i++) {
        direction[i] /= (float) Math.sqrt(squares);
      }
    }
  }

  /**
   * The distance, in standard deviations.
   *
   * @param x the reference, [n][channels · length]
   * @param y as many
   */
  public double between(List<float[]> x, List<float[]> y) {
    if (x.size() != y.size() || x.isEmpty()) {
      throw new IllegalArgumentException(
          "expected two sets of one size, got %d and %d".formatted(x.size(), y.size()));
    }
    double[][] units = units(x);
    double sum = 0;
    for (float[] direction : directions) {
      float[] a = projected(x, direction, units);
      float[] b = projected(y, direction, units);
      Arrays.sort(a);
      Arrays.sort(b);
      for (int i = 0; i < a.length; i++) {
        sum += Math.abs((double) a[i] - b[i]);
      }
    }
    return sum / directions.length / x.size();
  }

  /**
   * The distance between halves of one set, for each split.
   *
   * @param x [owners · each][channels · length], an owner's vectors one after the other
   * @param each vectors of one owner, which stay in one half
   */
  public double[] betweenHalves(List<float[]> x, int each, Splits splits) {
    int owners = x.size() / each;
    byte[][] halves =
        splits.halves().stream().map(h -> h.membership(owners)).toArray(byte[][]::new);
    double[] distances = new double[halves.length];
    double[][] units = units(x);
    for (float[] direction : directions) {
      float[] values = projected(x, direction, units);
      int[] order = sorted(values);
      for (int split = 0; split < halves.length; split++) {
        distances[split] += betweenHalves(values, order, each, halves[split]) / directions.length;
      }
    }
    return distances;
  }

  private static double betweenHalves(float[] values, int[] order, int each, byte[] half) {
    float[][] sides = new float[2][values.length];
    int[] count = new int[2];
    for (int index : order) {
      int side = half[index / each] - 1;
      if (side >= 0) {
        sides[side][count[side]++] = values[index];
      }
    }
    double sum = 0;
    for (int i = 0; i < count[0]; i++) {
      sum += Math.abs((double) sides[0][i] - sides[1][i]);
    }
    return sum / count[0];
  }

  /** Indices in ascending order of values. */
  private static int[] sorted(float[] values) {
    long[] keys = new long[values.length];
    for (int i = 0; i < keys.length; i++) {
      int bits = Float.floatToIntBits(values[i]);
      int ascending = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
      keys[i] = ((long) ascending << 32) | i;
    }
    Arrays.sort(keys);
    int[] order = new int[keys.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  /** [0] is the mean, [1] the deviation, of each channel; 1 where nothing varies. */
  private double[][] units(List<float[]> vectors) {
    double[] mean = new double[channels];
    double[] squares = new double[channels];
    int length = directions[0].length / channels;
    for (float[] vector : vectors) {
      for (int i = 0; i < vector.length; i++) {
        mean[i / length] += vector[i];
        squares[i / length] += (double) vector[i] * vector[i];
      }
    }
    double count = (double) vectors.size() * length;
    for (int c = 0; c < channels; c++) {
      mean[c] /= count;
      double deviation = Math.sqrt(Math.max(0, squares[c] / count - mean[c] * mean[c]));
      squares[c] = deviation > 0 ? deviation : 1;
    }
    return new double[][] {mean, squares};
  }

  private float[] projected(List<float[]> vectors, float[] direction, double[][] units) {
    int length = direction.length / channels;
    double offset = 0;
    double[] scaled = new double[direction.length];
    for (int i = 0; i < direction.length; i++) {
      scaled[i] = direction[i] / units[1][i / length];
      offset += scaled[i] * units[0][i / length];
    }
    float[] values = new float[vectors.size()];
    for (int v = 0; v < values.length; v++) {
      float[] vector = vectors.get(v);
      double sum = -offset;
      for (int i = 0; i < vector.length; i++) {
        sum += scaled[i] * vector[i];
      }
      values[v] = (float) sum;
    }
    return values;
  }
}
