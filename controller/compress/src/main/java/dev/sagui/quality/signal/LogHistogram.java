/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.signal;

/**
 * Quantiles of positive values in fixed memory: 256 buckets for each factor of ten from 1e−12 to
 * 1e+6, so that a quantile is within half a percent; lower values count as 1e−12, higher as 1e+6.
 */
public final class LogHistogram {
  private static final int PER_DECADE = 256;
  private static final int LOWEST = -12;
  private static final int DECADES = 18;

  private final long[] counts = new long[PER_DECADE * DECADES];
  private long count;

  /** NaN counts as the highest. */
  public void add(double value) {
    int bucket = counts.length - 1;
    if (!Double.isNaN(value)) {
      double position = value <= 0 ? 0 : (Math.log10(value) - LOWEST) * PER_DECADE;
      bucket = (int) Math.max(0, Math.min(counts.length - 1, position));
    }
    counts[bucket]++;
    count++;
  }

  /**
   * The value that a share of all does not exceed; 0 when nothing was added or it is below 1e−12.
   *
   * @param share 0 to 1
   */
  public double quantile(double share) {
    long rank = Math.max(1, (long) Math.ceil(share * count));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return i == 0 ? 0 : Math.pow(10, LOWEST + (i + 0.5) / PER_DECADE);
      }
    }
    return 0;
  }
}
