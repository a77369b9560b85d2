/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize;

import dev.sagui.isa.Int8Format;
import dev.sagui.onnx.Node;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The integers that a layer's weights may be.
 *
 * <p>On x86 without VNNI the kernel multiplies bytes with vpmaddubsw, which adds the products of
 * two neighbours in an int16 that saturates: 255 · (a + b) has to stay below 2¹⁵. Weights of 7 bits
 * do, which is what others call reduce_range; so do full weights whose neighbours of like sign are
 * small. Which are neighbours follows from the order that the kernel packs weights in: pixel by
 * pixel, channel after channel.
 */
public final class WeightGrid {
  /** A weight that has no integer yet. */
  public static final byte OPEN = Byte.MIN_VALUE;

  /** Of the scale that clips nothing. */
  private static final double[] PARTS = {1, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5};

  /** No scale clips more than to this part of a row's largest weight. */
  private static final double LEAST = 0.7;

  private static final int NONE = -1;

  private final int levels;
  private final int pairLevels;
  private final int[] partners;

  private WeightGrid(int levels, int pairLevels, int[] partners) {
    this.levels = levels;
    this.pairLevels = pairLevels;
    this.partners = partners;
  }

  /**
   * @param dims of the weight
   * @param size weights of an output
   */
  public static WeightGrid of(Node layer, List<Long> dims, int size, Int8Format format) {
    if (!layer.is("Conv")) {
      return ofProduct(size, format);
    }
    int channels = dims.get(1).intValue();
    boolean depthwise = channels == 1 && dims.get(0) == layer.integer("group", 1);
    // MLAS has another kernel for depthwise convolutions.
    return of(size, channels, format, format.saturates() && !depthwise);
  }

  /** Of a product whose outputs have {@code size} weights each. */
  public static WeightGrid ofProduct(int size, Int8Format format) {
    return of(size, size, format, format.saturates());
  }

  private static WeightGrid of(int size, int channels, Int8Format format, boolean paired) {
    int[] partners = new int[size];
    Arrays.fill(partners, NONE);
    if (paired) {
      pair(partners, channels);
    }
    return new WeightGrid(format.weightLevels(), format.pairLevels(), partners);
  }

  private static void pair(int[] partners, int channels) {
    int pixels = partners.length / channels;
    for (int packed = 0; packed < partners.length; packed++) {
      int other = packed ^ 1;
      if (other < partners.length) {
        partners[packed % channels * pixels + packed / channels] =
            other % channels * pixels + other / channels;
      }
    }
  }

  /** The scale that clips no weight of a row. */
  float covering(float[] row) {
    float most = 0;
    for (int i = 0; i < row.length; i++) {
      most = Math.max(most, Math.abs(row[i]) / levels);
      if (partners[i] > i && row[i] * row[partners[i]] > 0) {
        most = Math.max(most, (Math.abs(row[i]) + Math.abs(row[partners[i]])) / pairLevels);
      }
    }
    return Math.max(most, Float.MIN_NORMAL);
  }

  /**
   * The scale whose nearest rounding costs least.
   *
   * @param least no scale is smaller
   * @param cost of what the integers leave of each weight
   */
  public float scale(float[] row, float least, ToDoubleFunction<double[]> cost) {
    float best = Float.MIN_NORMAL;
    double lowest = Double.POSITIVE_INFINITY;
    double[] off = new double[row.length];
    for (float candidate : scales(row)) {
      float scale = Math.max(candidate, least);
      byte[] steps = nearest(row, scale);
      for (int i = 0; i < row.length; i++) {
        off[i] = row[i] - (double) steps[i] * scale;
      }
      double found = cost.applyAsDouble(off);
      if (found < lowest) {
        lowest = found;
        best = scale;
      }
    }
    return best;
  }

  /** Scales worth a try, the covering one first. */
  float[] scales(float[] row) {
    float covering = covering(row);
    float largest = 0;
    for (float weight : row) {
      largest = Math.max(largest, Math.abs(weight));
    }
    double least = LEAST * largest / levels;
    float[] scales = new float[PARTS.length];
    int count = 0;
    for (double part : PARTS) {
      if (part == 1 || part * covering >= least) {
        scales[count++] = (float) Math.max(part * covering, Float.MIN_NORMAL);
      }
    }
    return Arrays.copyOf(scales, count);
  }

  /** The nearest integers of a row; of a pair that is too large both give way. */
  public byte[] nearest(float[] row, float scale) {
    byte[] steps = new byte[row.length];
    for (int i = 0; i < row.length; i++) {
      steps[i] = (byte) clamped(Math.round(row[i] / scale), levels);
    }
    for (int i = 0; i < row.length; i++) {
      int other = partners[i];
      if (other > i && bound(steps[i], steps[other]) < Math.abs(steps[i])) {
        double over = (Math.abs(row[i]) + Math.abs(row[other])) / scale - pairLevels;
        long first = Math.round(Math.abs(row[i]) / scale - over / 2);
        first = Math.max(pairLevels - levels, Math.min(levels, first));
        steps[i] = (byte) (Integer.signum(steps[i]) * first);
        steps[other] = (byte) (Integer.signum(steps[other]) * (pairLevels - first));
      }
    }
    return steps;
  }

  /**
   * The nearest integer of one weight whose pair may have its own already.
   *
   * @param steps of its row; {@link #OPEN} where there is none yet
   */
  public int nearest(double steps, int column, byte[] row) {
    int nearest = clamped(Math.round(steps), levels);
    int other = partners[column];
    return other == NONE || row[other] == OPEN
        ? nearest
        : clamped(nearest, bound(nearest, row[other]));
  }

  /** The largest magnitude of a weight beside another. */
  private int bound(int step, int other) {
    return step > 0 == other > 0 && other != 0
        ? Math.min(levels, pairLevels - Math.abs(other))
        : levels;
  }

  private static int clamped(long step, int bound) {
    return (int) Math.max(-bound, Math.min(bound, step));
  }
}
