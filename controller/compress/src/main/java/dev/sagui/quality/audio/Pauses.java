/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.audio;

/**
 * What two waves hold where the reference is silent: the level, and the spectral flatness, which is
 * the geometric over the arithmetic mean of the power spectrum. Hiss raises the level and keeps the
 * flatness near that of white noise, 0.56; a buzz raises the level and lowers the flatness. A
 * log-mel distance alone misses hiss at a low level. Digital silence counts as flat, 1.
 *
 * <p>A pause is a frame of 1024 samples, a new one every 256, whose power in the reference is 40 dB
 * or more below that of its loudest frame. The power of a sample counts as 1e−10 at least, −100 dB
 * of full scale. Sums over waves; one thread at a time.
 */
public final class Pauses {
  private static final int SIZE = 1024;
  private static final int HOP = 256;
  private static final double DEPTH = 1e-4;
  private static final double FLOOR = 1e-10;
  private static final double WINDOW_ENERGY = SIZE * 3 / 8.0;

  private final Stft stft = new Stft(SIZE, HOP, SIZE, 0);
  private double referencePower;
  private double candidatePower;
  private double referenceFlatness;
  private double candidateFlatness;
  private long frames;

  /**
   * Adds two waves of one length.
   *
   * @param reference nominally −1..1
   * @param candidate likewise
   */
  public void add(float[] reference, float[] candidate) {
    int count = stft.frames(reference.length);
    double[] powers = new double[count];
    double loudest = 0;
    double[] spectrum = new double[stft.bins()];
    for (int frame = 0; frame < count; frame++) {
      stft.power(reference, frame, spectrum);
      powers[frame] = mean(spectrum);
      loudest = Math.max(loudest, powers[frame]);
    }
    for (int frame = 0; frame < count; frame++) {
      if (powers[frame] <= DEPTH * loudest) {
        stft.power(reference, frame, spectrum);
        referencePower += powers[frame];
        referenceFlatness += flatness(spectrum);
        stft.power(candidate, frame, spectrum);
        candidatePower += mean(spectrum);
        candidateFlatness += flatness(spectrum);
        frames++;
      }
    }
  }

  /** Mean power of a sample, by Parseval's theorem. */
  private static double mean(double[] spectrum) {
    double sum = spectrum[0] + spectrum[spectrum.length - 1];
    for (int k = 1; k < spectrum.length - 1; k++) {
      sum += 2 * spectrum[k];
    }
    return sum / SIZE / WINDOW_ENERGY;
  }

  private static double flatness(double[] spectrum) {
    double logs = 0;
    double sum = 0;
    for (double value : spectrum) {
      double power = value / WINDOW_ENERGY + FLOOR;
      logs += Math.log(power);
      sum += power;
    }
    return Math.exp(logs / spectrum.length) / (sum / spectrum.length);
  }

  /** Whether the reference had any. */
  public boolean found() {
    return frames > 0;
  }

  /** Mean power in pauses, candidate over reference, dB; positive where the candidate is louder. */
  public double levelDb() {
    return 10 * Math.log10((candidatePower / frames + FLOOR) / (referencePower / frames + FLOOR));
  }

  /** Mean flatness in pauses, candidate less reference; −1 to 1. */
  public double flatness() {
    return (candidateFlatness - referenceFlatness) / frames;
  }
}
