/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

import java.util.Arrays;

/** The entropy method as its authors tell it: build P and Q for each threshold and compare. */
final class PlainEntropy {
  private PlainEntropy() {}

  static int bins(double[] counts, int levels) {
    int best = counts.length;
    double least = Double.POSITIVE_INFINITY;
    for (int bins = levels; bins <= counts.length; bins++) {
      double[] p = Arrays.copyOf(counts, bins);
      double[] q = spread(p, levels);
      p[bins - 1] += Arrays.stream(counts).skip(bins).sum();
      double divergence = divergence(p, q);
      if (divergence < least) {
        least = divergence;
        best = bins;
      }
    }
    return best;
  }

  private static double[] spread(double[] p, int levels) {
    double[] q = new double[p.length];
    for (int level = 0; level < levels; level++) {
      int from = level * p.length / levels;
      int to = (level + 1) * p.length / levels;
      double[] part = Arrays.copyOfRange(p, from, to);
      double filled = Arrays.stream(part).filter(x -> x > 0).count();
      for (int i = from; i < to; i++) {
        q[i] = p[i] > 0 ? Arrays.stream(part).sum() / filled : 0;
      }
    }
    return q;
  }

  private static double divergence(double[] p, double[] q) {
    double all = Arrays.stream(p).sum();
    double kept = Arrays.stream(q).sum();
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      if (p[i] > 0) {
        sum += p[i] / all * Math.log(p[i] / all / (q[i] / kept));
      }
    }
    return sum;
  }
}
