/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.audio;

/**
 * Triangular filters on the mel scale of Slaney's Auditory Toolbox (1998): linear below 1 kHz,
 * logarithmic above, each of unit area; as librosa makes them by default.
 */
public final class MelFilterBank {
  private static final double LINEAR_HERTZ = 200.0 / 3;
  private static final double BREAK_HERTZ = 1000;
  private static final double BREAK_MEL = BREAK_HERTZ / LINEAR_HERTZ;
  private static final double LOG_STEP = Math.log(6.4) / 27;

  private final double[][] weights;
  private final int[] first;
  private final int bins;

  /**
   * @param bands of the bank
   * @param size of the transform
   * @param high upper edge of the last filter, hertz; at most half of the sample rate counts
   */
  public MelFilterBank(int bands, int size, double sampleRate, double high) {
    double top = mel(Math.min(high, sampleRate / 2));
    weights = new double[bands][];
    first = new int[bands];
    bins = size / 2 + 1;
    for (int band = 0; band < bands; band++) {
      double low = hertz(top * band / (bands + 1));
      double centre = hertz(top * (band + 1) / (bands + 1));
      double end = hertz(top * (band + 2) / (bands + 1));
      double perBin = sampleRate / size;
      first[band] = (int) Math.ceil(low / perBin);
      weights[band] = new double[Math.max(0, (int) Math.floor(end / perBin) - first[band] + 1)];
      for (int i = 0; i < weights[band].length; i++) {
        double frequency = (first[band] + i) * perBin;
        double slope =
            Math.min((frequency - low) / (centre - low), (end - frequency) / (end - centre));
        weights[band][i] = Math.max(0, slope) * 2 / (end - low);
      }
    }
  }

  static double mel(double hertz) {
    return hertz < BREAK_HERTZ
        ? hertz / LINEAR_HERTZ
        : BREAK_MEL + Math.log(hertz / BREAK_HERTZ) / LOG_STEP;
  }

  static double hertz(double mel) {
    return mel < BREAK_MEL
        ? mel * LINEAR_HERTZ
        : BREAK_HERTZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
  }

  /** Weights of each band as a matrix, [size / 2 + 1][bands]. */
  public double[][] matrix() {
    double[][] matrix = new double[bins][weights.length];
    for (int band = 0; band < weights.length; band++) {
      for (int i = 0; i < weights[band].length; i++) {
        matrix[first[band] + i][band] = weights[band][i];
      }
    }
    return matrix;
  }

  /**
   * @param magnitude [size / 2 + 1]
   * @return [bands]
   */
  double[] of(double[] magnitude) {
    double[] bands = new double[weights.length];
    for (int band = 0; band < bands.length; band++) {
      for (int i = 0; i < weights[band].length; i++) {
        bands[band] += weights[band][i] * magnitude[first[band] + i];
      }
    }
    return bands;
  }
}
