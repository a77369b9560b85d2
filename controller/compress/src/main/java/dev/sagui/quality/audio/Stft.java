/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.audio;

import dev.sagui.quality.signal.Fft;

/**
 * Power of a waveform's short-time Fourier transform, with a periodic Hann window. Holds scratch
 * memory: one thread at a time.
 */
public final class Stft {
  private final Fft fft;
  private final int hop;
  private final int padding;
  private final double[] window;
  private final double[] re;
  private final double[] im;

  /**
   * @param size of the transform
   * @param hop samples between frames
   * @param windowLength of the Hann window, which lies in the middle of a frame
   * @param padding samples that are reflected about both ends, or zeros where the wave is too short
   */
  public Stft(int size, int hop, int windowLength, int padding) {
    this.fft = new Fft(size);
    this.hop = hop;
    this.padding = padding;
    this.window = new double[size];
    this.re = new double[size];
    this.im = new double[size];
    int left = (size - windowLength) / 2;
    for (int i = 0; i < windowLength; i++) {
      window[left + i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / windowLength);
    }
  }

  public int size() {
    return fft.size();
  }

  /** Samples between frames. */
  public int hop() {
    return hop;
  }

  /** Samples that are reflected about both ends. */
  public int padding() {
    return padding;
  }

  /** What a frame is multiplied with, copied: [size]. */
  public double[] window() {
    return window.clone();
  }

  /** Whether a wave is long enough to be reflected at its ends; zeros lie beyond a shorter one. */
  public boolean reflects(int samples) {
    return samples > padding;
  }

  /** Of one frame: size / 2 + 1. */
  public int bins() {
    return fft.size() / 2 + 1;
  }

  /** Frames that a wave has; at least 1. */
  public int frames(int samples) {
    return 1 + Math.max(0, samples + 2 * padding - fft.size()) / hop;
  }

  /**
   * |X|² of one frame.
   *
   * @param power [bins], overwritten
   */
  public void power(float[] wave, int frame, double[] power) {
    int from = frame * hop - padding;
    for (int i = 0; i < window.length; i++) {
      re[i] = window[i] == 0 ? 0 : window[i] * at(wave, from + i);
      im[i] = 0;
    }
    fft.transform(re, im);
    for (int k = 0; k < power.length; k++) {
      power[k] = re[k] * re[k] + im[k] * im[k];
    }
  }

  private double at(float[] wave, int index) {
    int last = wave.length - 1;
    if (index >= 0 && index <= last) {
      return wave[index];
    }
    int mirrored = index < 0 ? -index : 2 * last - index;
    return reflects(wave.length) && mirrored >= 0 && mirrored <= last ? wave[mirrored] : 0;
  }
}
