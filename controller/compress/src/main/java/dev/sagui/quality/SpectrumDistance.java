/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.quality.distribution.Splits;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Log-spectral distance between the mean power spectra of two sets: the root mean square of the
 * difference over bins, dB.
 *
 * @param floor power below which nobody sees or hears a difference
 */
record SpectrumDistance(double floor) {
  double of(List<double[]> a, List<double[]> b) {
    double[] x = mean(a);
    double[] y = mean(b);
    double sum = 0;
    for (int bin = 0; bin < x.length; bin++) {
      double decibel = 10 * Math.log10((x[bin] + floor) / (y[bin] + floor));
      sum += decibel * decibel;
    }
    return Math.sqrt(sum / x.length);
  }

  double of(List<double[]> all, Splits.Halves halves) {
    return of(
        IntStream.of(halves.first()).mapToObj(all::get).toList(),
        IntStream.of(halves.second()).mapToObj(all::get).toList());
  }

  private static double[] mean(List<double[]> spectra) {
    double[] mean = new double[spectra.get(0).length];
    for (double[] spectrum : spectra) {
      for (int bin = 0; bin < mean.length; bin++) {
        mean[bin] += spectrum[bin] / spectra.size();
      }
    }
    return mean;
  }
}
