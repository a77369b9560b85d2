/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.distribution;

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
    float[][] a = columns(x, units);
    float[][] b = columns(y, units);
    AscendingFloats sort = new AscendingFloats(x.size());
    double sum = 0;
    for (float[] direction : directions) {
      float[] first = sort.sorted(projected(a, direction)).clone();
      float[] second = sort.sorted(projected(b, direction));
      for (int i = 0; i < first.length; i++) {
        sum += Math.abs((double) first[i] - second[i]);
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
    byte[][] signs =
        splits.halves().stream().map(h -> h.signs(owners, each)).toArray(byte[][]::new);
    double[] distances = new double[signs.length];
    float[][] columns = columns(x, units(x));
    AscendingFloats sort = new AscendingFloats(x.size());
    for (float[] direction : directions) {
      float[] values = sort.sorted(projected(columns, direction));
      for (int split = 0; split < signs.length; split++) {
        distances[split] += between(values, sort.order(), signs[split]);
      }
    }
    int half = owners / 2 * each;
    for (int split = 0; split < signs.length; split++) {
      distances[split] /= (double) directions.length * half;
    }
    return distances;
  }

  /**
   * The area between both halves' distribution functions, times the size of a half.
   *
   * @param values ascending
   * @param order where each of them came from
   * @param signs 1 in one half, −1 in the other, 0 in none
   */
  private static double between(float[] values, int[] order, byte[] signs) {
    double area = 0;
    int ahead = 0;
    for (int i = 0; i + 1 < values.length; i++) {
      ahead += signs[order[i]];
      area += Math.abs(ahead) * ((double) values[i + 1] - values[i]);
    }
    return area;
  }

  /** In units of the reference, and transposed: [channels · length][n]. */
  private float[][] columns(List<float[]> vectors, double[][] units) {
    int length = directions[0].length / channels;
    float[][] columns = new float[directions[0].length][vectors.size()];
    for (int v = 0; v < vectors.size(); v++) {
      float[] vector = vectors.get(v);
      for (int i = 0; i < vector.length; i++) {
        columns[i][v] = (float) ((vector[i] - units[0][i / length]) / units[1][i / length]);
      }
    }
    return columns;
  }

  private static float[] projected(float[][] columns, float[] direction) {
    float[] values = new float[columns[0].length];
    for (int i = 0; i < columns.length; i++) {
      add(values, columns[i], direction[i]);
    }
    return values;
  }

  private static void add(float[] values, float[] column, float weight) {
    for (int v = 0; v < values.length; v++) {
      values[v] += weight * column[v];
    }
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
}
