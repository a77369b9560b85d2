/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.quality.audio.Stft;
import dev.sagui.train.gradient.Emitter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Powers of a short-time Fourier transform, as products of frames with the window times cosines and
 * sines. Frames are put together of blocks of a hop each, so that no sample is gathered, and only
 * of those where the window is not zero.
 */
final class Spectra {
  private final Stft stft;
  private final int bins;
  private final long waves;
  private final int samples;
  private final double[] window;
  private final int first;
  private final int blocks;

  /**
   * @param bins of the transform, the lowest ones
   */
  Spectra(Stft stft, int bins, Waveforms waves) {
    this.stft = stft;
    this.bins = bins;
    this.waves = waves.count();
    this.samples = waves.samples();
    this.window = stft.window();
    int from = 0;
    while (window[from] == 0) {
      from++;
    }
    int to = window.length;
    while (window[to - 1] == 0) {
      to--;
    }
    this.first = from;
    this.blocks = (to - from + stft.hop() - 1) / stft.hop();
  }

  /** Frames of each wave. */
  long frames() {
    return stft.frames(samples);
  }

  /**
   * |X|².
   *
   * @param wave [waves, samples]
   * @return [waves, frames, bins]
   */
  String power(Emitter emit, String wave) {
    long hop = stft.hop();
    long rows = frames() + blocks - 1;
    String split = emit.reshape(padded(emit, wave, rows * hop), List.of(waves, rows, hop));
    List<String> parts = new ArrayList<>();
    for (int block = 0; block < blocks; block++) {
      parts.add(emit.slice(split, 1, block, block + frames(), 1));
    }
    String framed = emit.concat(2, parts);
    String re = emit.node("MatMul", framed, matrix(emit, "cosine", Math::cos));
    String im = emit.node("MatMul", framed, matrix(emit, "sine", Math::sin));
    return emit.add(emit.multiply(re, re), emit.multiply(im, im));
  }

  /** From where the first window begins: reflected about both ends, as {@link Stft} does. */
  private String padded(Emitter emit, String wave, long length) {
    long left = (long) stft.padding() - first;
    long right = length - samples - left;
    String kept = right < 0 ? emit.slice(wave, 1, 0, samples + right, 1) : wave;
    if (!stft.reflects(samples)) {
      return emit.pad(kept, 0, left, 0, Math.max(0, right));
    }
    List<String> parts = new ArrayList<>();
    if (left > 0) {
      parts.add(emit.slice(wave, 1, left, 0, -1));
    }
    parts.add(kept);
    long mirrored = Math.min(Math.max(0, right), samples - 2);
    if (mirrored > 0) {
      parts.add(emit.slice(wave, 1, samples - 2, samples - 2 - mirrored, -1));
    }
    return emit.pad(emit.concat(1, parts), 0, 0, 0, Math.max(0, right - mirrored));
  }

  /** [blocks · hop, bins]. */
  private String matrix(Emitter emit, String name, DoubleUnaryOperator wave) {
    int rows = blocks * stft.hop();
    String key = "%s %d %d %d".formatted(name, stft.size(), stft.hop(), bins);
    return emit.floats(
        key,
        List.of((long) rows, (long) bins),
        () -> {
          double[] matrix = new double[rows * bins];
          for (int i = 0; i < Math.min(rows, window.length - first); i++) {
            for (int k = 0; k < bins; k++) {
              long turn = (long) k * (first + i) % stft.size();
              double angle = 2 * Math.PI * turn / stft.size();
              matrix[i * bins + k] = window[first + i] * wave.applyAsDouble(angle);
            }
          }
          return matrix;
        });
  }
}
