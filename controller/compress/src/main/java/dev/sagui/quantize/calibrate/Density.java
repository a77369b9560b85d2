/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

/**
 * The bins of a {@link Histogram} that hold values other than 0, as numbers to compute with: 0 is
 * exact in every quantized type, so that it counts for no error.
 */
final class Density {
  private final long count;
  private final float min;
  private final float max;
  private final double width;
  private final int size;
  private final double[] centers;
  private final double[] counts;
  private final double[] countBelow;
  private final double[] sumBelow;
  private final double[] borders;

  Density(Histogram histogram, long count, long zeros, float min, float max) {
    this.count = count;
    this.min = min;
    this.max = max;
    this.width = histogram.width();
    int zeroBin = histogram.zeroBin();
    this.centers = new double[Histogram.BINS];
    this.counts = new double[Histogram.BINS];
    this.borders = new double[Histogram.BINS];
    this.countBelow = new double[Histogram.BINS + 1];
    this.sumBelow = new double[Histogram.BINS + 1];
    int bins = 0;
    for (int i = 0; i < Histogram.BINS; i++) {
      long here = histogram.count(i) - (i == zeroBin ? zeros : 0);
      if (here > 0) {
        borders[bins] = histogram.border(i);
        centers[bins] = center(histogram.border(i));
        counts[bins] = here;
        countBelow[bins + 1] = countBelow[bins] + here;
        sumBelow[bins + 1] = sumBelow[bins] + here * centers[bins];
        bins++;
      }
    }
    this.size = bins;
  }

  /** Of the part of a bin where values can be. */
  private double center(double border) {
    return (Math.max(min, border) + Math.min(max, border + width)) / 2;
  }

  /** Bins that hold values other than 0, from low to high. */
  int size() {
    return size;
  }

  double center(int bin) {
    return centers[bin];
  }

  double count(int bin) {
    return counts[bin];
  }

  double width() {
    return width;
  }

  double min() {
    return min;
  }

  double max() {
    return max;
  }

  /** Values other than 0. */
  double total() {
    return countBelow[size];
  }

  /** How many lie above {@code value}, or below it; the bin that it is in counts by its center. */
  double countBeyond(double value, boolean above) {
    int bin = firstFrom(value);
    return above ? countBelow[size] - countBelow[bin] : countBelow[bin];
  }

  /** The sum of the values above {@code value}, or below it. */
  double sumBeyond(double value, boolean above) {
    int bin = firstFrom(value);
    return above ? sumBelow[size] - sumBelow[bin] : sumBelow[bin];
  }

  private int firstFrom(double value) {
    int at = java.util.Arrays.binarySearch(centers, 0, size, value);
    return at >= 0 ? at : -at - 1;
  }

  /** The range that holds that share of all values, what is left out taken from both ends alike. */
  Range middle(double share) {
    double cut = (1 - share) / 2 * count;
    return Range.of(Math.min(0, quantile(cut)), Math.max(0, quantile(count - cut)));
  }

  /** The value with {@code rank} values below it; linear within a bin. */
  private double quantile(double rank) {
    double seen = 0;
    double zeros = count - total();
    boolean zerosPassed = zeros == 0;
    for (int i = 0; i < size; i++) {
      if (!zerosPassed && borders[i] >= 0) {
        seen += zeros;
        zerosPassed = true;
        if (seen >= rank) {
          return 0;
        }
      }
      if (seen + counts[i] >= rank) {
        double at = borders[i] + width * (rank - seen) / counts[i];
        return Math.max(min, Math.min(max, at));
      }
      seen += counts[i];
    }
    return zerosPassed ? max : 0;
  }

  /** Counts by magnitude, 0 left out: bin i holds i·width to (i + 1)·width. */
  double[] magnitudes() {
    int last = (int) Math.floor(Math.max(max, -(double) min) / width);
    double[] folded = new double[last + 1];
    for (int i = 0; i < size; i++) {
      int bin = (int) Math.round(borders[i] / width);
      folded[Math.min(last, bin >= 0 ? bin : -1 - bin)] += counts[i];
    }
    return folded;
  }
}
