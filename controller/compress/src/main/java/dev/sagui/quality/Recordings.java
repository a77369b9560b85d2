/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.quality.audio.WaveFile;
import dev.sagui.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/** Waves as WAV files, for the ear. */
public final class Recordings {
  private static final int SECONDS = 5;

  private Recordings() {}

  /**
   * The first five seconds of the first waves.
   *
   * @param batch [N, T], [N, 1, T], [N, 1, 1, T] or [T]
   * @param most waves
   * @param sampleRate hertz
   */
  public static List<byte[]> of(Tensor batch, int most, int sampleRate) {
    Values values = Values.of(batch);
    Waves reader = Waves.of(NominalRange.of(values.elements()));
    int samples = Math.min(SECONDS * sampleRate, Waves.length(batch.shape()));
    return IntStream.range(0, Math.min(most, Waves.count(values)))
        .mapToObj(wave -> WaveFile.of(reader.wave(values, wave, samples), sampleRate))
        .toList();
  }
}
