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
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Log-mel distance, with and without time warping, multi-resolution STFT loss, length ratio, level
 * and flatness in pauses.
 *
 * <p>Waves of different lengths are compared over the part that both have, but whole by warping and
 * in pauses; the ratio of lengths stands apart. Distances are means over waves.
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
        add(waves.wave(reference, i, a), waves.wave(candidate, i, b), common);
      }
    }
  }

  private void add(float[] reference, float[] candidate, int common) {
    double[][] a = mel.of(reference);
    double[][] b = mel.of(candidate);
    melSum += LogMel.distance(a, b);
    warpedSum += TimeWarping.distance(a, b);
    stftSum += stft.between(Arrays.copyOf(reference, common), Arrays.copyOf(candidate, common));
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
