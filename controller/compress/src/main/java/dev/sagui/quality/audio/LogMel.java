/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.audio;

/**
 * Log-mel spectrogram with the parameters of HiFi-GAN (Kong et al. 2020, meldataset.py): transform
 * and window of 1024 samples, hop 256, reflected by 384 at both ends, 80 bands up to 8 kHz, the
 * natural logarithm of the magnitude, which counts as 1e−5 at least.
 */
public final class LogMel {
  /** Magnitudes of a band count as this at least. */
  public static final double FLOOR = 1e-5;

  /** What is added to each power before its root is taken. */
  public static final double POWER_OFFSET = 1e-9;

  private static final int SIZE = 1024;
  private static final int HOP = 256;
  private static final int BANDS = 80;
  private static final double HIGH_HERTZ = 8000;

  private final Stft stft = new Stft(SIZE, HOP, SIZE, (SIZE - HOP) / 2);
  private final MelFilterBank bank;

  /**
   * @param sampleRate hertz; a wrong one moves the bands, and moves them alike in both models
   */
  public LogMel(double sampleRate) {
    this.bank = new MelFilterBank(BANDS, SIZE, sampleRate, HIGH_HERTZ);
  }

  /** The transform of a frame. */
  public Stft transform() {
    return stft;
  }

  /** The bands of a frame. */
  public MelFilterBank bands() {
    return bank;
  }

  /**
   * The spectrogram.
   *
   * @param wave nominally −1..1
   * @return [frames][80], nepers
   */
  public double[][] of(float[] wave) {
    double[][] frames = new double[stft.frames(wave.length)][];
    double[] power = new double[stft.bins()];
    for (int frame = 0; frame < frames.length; frame++) {
      stft.power(wave, frame, power);
      for (int k = 0; k < power.length; k++) {
        power[k] = Math.sqrt(power[k] + POWER_OFFSET);
      }
      double[] bands = bank.of(power);
      for (int band = 0; band < bands.length; band++) {
        bands[band] = Math.log(Math.max(FLOOR, bands[band]));
      }
      frames[frame] = bands;
    }
    return frames;
  }

  /** Mean absolute difference over the frames that both have, nepers. */
  public static double distance(double[][] a, double[][] b) {
    int frames = Math.min(a.length, b.length);
    double sum = 0;
    for (int frame = 0; frame < frames; frame++) {
      for (int band = 0; band < BANDS; band++) {
        sum += Math.abs(a[frame][band] - b[frame][band]);
      }
    }
    return sum / ((double) frames * BANDS);
  }

  /** Mean over frames of the squared magnitude in each band: the long-term spectrum. */
  public static double[] longTerm(double[][] spectrogram) {
    double[] mean = new double[BANDS];
    for (double[] frame : spectrogram) {
      for (int band = 0; band < BANDS; band++) {
        mean[band] += Math.exp(2 * frame[band]) / spectrogram.length;
      }
    }
    return mean;
  }
}
