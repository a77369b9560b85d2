/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.train.loss;

import dev.sagui.quality.NominalRange;
import dev.sagui.quality.Waves;
import dev.sagui.train.gradient.Emitter;
import java.util.List;

/**
 * The waveforms of a batch, [N, T], [N, 1, T] or the like, brought to −1..1 as the judge does.
 *
 * @param count of the waves
 * @param samples of each
 */
record Waveforms(long count, int samples, float scale) {
  static Waveforms of(String loss, Pair pair) {
    int rank = pair.shape().size();
    int samples = Math.toIntExact(pair.shape().get(rank - 1));
    boolean pictures = rank == 4 && pair.shape().get(1) * pair.shape().get(2) > 1;
    if (rank < 2 || samples < 2 || pictures) {
      throw pair.unsuited(loss, "waveforms [N, T] or [N, 1, T]");
    }
    return new Waveforms(
        pair.elements() / samples, samples, Waves.of(new NominalRange(0, pair.peak())).scale());
  }

  /** [count, samples]. */
  String split(Emitter emit, String value) {
    return emit.multiply(emit.reshape(value, List.of(count, (long) samples)), scale);
  }
}
