/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.audio;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What two waves hold in their pauses: the level, and the spectral flatness, which is the geometric
 * over the arithmetic mean of the power spectrum. Hiss raises the level and keeps the flatness near
 * that of white noise, 0.56; a buzz raises the level and lowers the flatness. A log-mel distance
 * alone misses hiss at a low level. Digital silence counts as flat, 1.
 *
 * <p>A pause of the reference is a frame of 1024 samples, a new one every 256, whose power is 40 dB
 * or more below that of its loudest frame. The candidate's pauses are its quietest frames, the same
 * share: so that neither hiss nor another timing hides them. The power of a sample counts as 1e−10
 * at least, −100 dB of full scale. Means over waves; one thread at a time.
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
  private long waves;

  private record Frame(double power, double flatness) {}

  /**
   * Adds two waves; they need not be of one length.
   *
   * @param reference nominally −1..1
   * @param candidate likewise
   */
  public void add(float[] reference, float[] candidate) {
    List<Frame> a = quietestFirst(reference);
    List<Frame> b = quietestFirst(candidate);
    double limit = DEPTH * a.get(a.size() - 1).power();
    int count = (int) a.stream().filter(frame -> frame.power() <= limit).count();
    if (count == 0) {
      return;
    }
    int same = (int) Math.max(1, Math.round((double) count * b.size() / a.size()));
    referencePower += mean(a, count, Frame::power);
    candidatePower += mean(b, same, Frame::power);
    referenceFlatness += mean(a, count, Frame::flatness);
    candidateFlatness += mean(b, same, Frame::flatness);
    waves++;
  }

  private static double mean(List<Frame> frames, int count, ToDoubleFunction<Frame> of) {
    return frames.subList(0, count).stream().mapToDouble(of).average().orElse(0);
  }

  private List<Frame> quietestFirst(float[] wave) {
    List<Frame> frames = new ArrayList<>();
    double[] spectrum = new double[stft.bins()];
    for (int frame = 0; frame < stft.frames(wave.length); frame++) {
      stft.power(wave, frame, spectrum);
      frames.add(new Frame(mean(spectrum), flatness(spectrum)));
    }
    frames.sort(Comparator.comparingDouble(Frame::power));
    return frames;
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
    return waves > 0;
  }

  /** Mean power in pauses, candidate over reference, dB; positive where the candidate is louder. */
  public double levelDb() {
    return 10 * Math.log10((candidatePower / waves + FLOOR) / (referencePower / waves + FLOOR));
  }

  /** Mean flatness in pauses, candidate less reference; −1 to 1. */
  public double flatness() {
    return (candidateFlatness - referenceFlatness) / waves;
  }
}
