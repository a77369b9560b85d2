/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import java.util.Arrays;
import java.util.List;

/**
 * The waveforms of a batch: [N, T], [N, 1, T], [N, 1, 1, T] or [T].
 *
 * @param scale to −1..1: 1/32768 for 16-bit integers
 */
public record Waves(float scale) {
  private static final double FLOAT_PEAK = 4;
  private static final float INT16 = 1f / 32768;

  /** By the span of values seen: beyond −2..2 they are 16-bit integers, whatever their type. */
  public static Waves of(NominalRange seen) {
    return new Waves(seen.peak() > FLOAT_PEAK ? INT16 : 1);
  }

  /** Samples of each wave. */
  static int length(List<Long> shape) {
    return shape.isEmpty() ? 0 : Math.toIntExact(shape.get(shape.size() - 1));
  }

  static int count(Values batch) {
    int length = length(batch.shape());
    return length == 0 ? 0 : batch.elements().length / length;
  }

  /** One wave's first samples, scaled. */
  float[] wave(Values batch, int index, int samples) {
    int from = index * length(batch.shape());
    float[] wave = Arrays.copyOfRange(batch.elements(), from, from + samples);
    for (int i = 0; i < wave.length; i++) {
      wave[i] *= scale;
    }
    return wave;
  }
}
