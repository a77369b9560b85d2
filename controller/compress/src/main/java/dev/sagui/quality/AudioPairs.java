/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.quality.audio.LogMel;
import dev.sagui.quality.audio.MultiResolutionStft;
import dev.sagui.quality.audio.Pauses;
import dev.sagui.quality.audio.TimeWarping;
import dev.sagui.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Log-mel distance, with and without time warping, multi-resolution STFT loss, length ratio, level
 * and flatness in pauses.
 *
 * <p>Waves of different lengths are compared over the part that both have, or whole by warping; the
 * ratio of lengths stands apart. Distances are means over waves.
 */
final class AudioPairs implements PairedJudge {
  private final Waves waves;
  private final LogMel mel;
  private final MultiResolutionStft stft = new MultiResolutionStft();
  private final Pauses pauses = new Pauses();
  private double melSum;
  private double warpedSum;
  private double stftSum;
  private long count;
  private long referenceSamples;
  private long candidateSamples;

  /**
   * @param sampleRate hertz
   */
  AudioPairs(Waves waves, double sampleRate) {
    this.waves = waves;
    this.mel = new LogMel(sampleRate);
  }

  @Override
  public void add(List<Tensor> inputs, Values reference, Values candidate) {
    int a = Waves.length(reference.shape());
    int b = Waves.length(candidate.shape());
    int common = Math.min(a, b);
    for (int i = 0; i < Waves.count(reference); i++) {
      referenceSamples += a;
      candidateSamples += b;
      if (common > 0) {
        addMel(mel.of(waves.wave(reference, i, a)), mel.of(waves.wave(candidate, i, b)));
        add(waves.wave(reference, i, common), waves.wave(candidate, i, common));
      }
    }
  }

  private void addMel(double[][] reference, double[][] candidate) {
    melSum += LogMel.distance(reference, candidate);
    warpedSum += TimeWarping.distance(reference, candidate);
  }

  private void add(float[] reference, float[] candidate) {
    stftSum += stft.between(reference, candidate);
    pauses.add(reference, candidate);
    count++;
  }

  @Override
  public void into(Map<Metric, Double> metrics) {
    if (referenceSamples == 0) {
      return;
    }
    metrics.put(Metric.LENGTH_RATIO, (double) candidateSamples / referenceSamples);
    if (count == 0) {
      return;
    }
    metrics.put(Metric.LOG_MEL_L1, melSum / count);
    metrics.put(Metric.LOG_MEL_DTW, warpedSum / count);
    metrics.put(Metric.MR_STFT, stftSum / count);
    if (pauses.found()) {
      metrics.put(Metric.PAUSE_DB, pauses.levelDb());
      metrics.put(Metric.PAUSE_FLATNESS, pauses.flatness());
    }
  }
}
