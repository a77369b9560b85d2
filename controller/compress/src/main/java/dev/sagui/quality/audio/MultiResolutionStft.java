/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.audio;

import java.util.List;

/**
 * Multi-resolution STFT loss of Parallel WaveGAN (Yamamoto et al. 2020, arXiv 1910.11480, equations
 * 4 to 6): spectral convergence ‖|X|−|Y|‖/‖|X|‖ plus the mean difference of log magnitudes,
 * averaged over transforms of 1024, 2048 and 512 samples, hops of 120, 240 and 50, Hann windows of
 * 600, 1200 and 240. Powers count as 1e−7 at least, waves are reflected at their ends.
 */
public final class MultiResolutionStft {
  private static final int[][] RESOLUTIONS = {
    {1024, 120, 600}, {2048, 240, 1200}, {512, 50, 240},
  };

  /** Powers count as this at least. */
  public static final double FLOOR = 1e-7;

  private final Stft[] stfts = new Stft[RESOLUTIONS.length];

  public MultiResolutionStft() {
    for (int i = 0; i < stfts.length; i++) {
      int[] r = RESOLUTIONS[i];
      stfts[i] = new Stft(r[0], r[1], r[2], r[0] / 2);
    }
  }

  /** The transforms that the loss is the mean over. */
  public List<Stft> transforms() {
    return List.of(stfts);
  }

  /**
   * The loss; 0 for equal waves.
   *
   * @param reference a wave
   * @param candidate of the same length
   */
  public double between(float[] reference, float[] candidate) {
    double sum = 0;
    for (Stft stft : stfts) {
      sum += between(stft, reference, candidate) / stfts.length;
    }
    return sum;
  }

  private static double between(Stft stft, float[] reference, float[] candidate) {
    double[] a = new double[stft.bins()];
    double[] b = new double[stft.bins()];
    double error = 0;
    double energy = 0;
    double logs = 0;
    int frames = stft.frames(reference.length);
    for (int frame = 0; frame < frames; frame++) {
      stft.power(reference, frame, a);
      stft.power(candidate, frame, b);
      for (int k = 0; k < a.length; k++) {
        double x = Math.sqrt(Math.max(FLOOR, a[k]));
        double y = Math.sqrt(Math.max(FLOOR, b[k]));
        error += (x - y) * (x - y);
        energy += x * x;
        logs += Math.abs(Math.log(x / y));
      }
    }
    return Math.sqrt(error / energy) + logs / ((double) frames * a.length);
  }
}
