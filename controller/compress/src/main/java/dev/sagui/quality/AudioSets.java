/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.quality.audio.LogMel;
import dev.sagui.quality.distribution.Reservoir;
import dev.sagui.quality.distribution.Splits;
import java.util.List;
import java.util.Map;

/**
 * Distance of long-term mel spectra, and diversity by the log-mel distance between waves that
 * follow each other. Keeps 1024 pairs of spectra, under 2 MB.
 */
final class AudioSets implements SetJudge {
  private static final int CAPACITY = 1024;
  private static final long SEED = 20_180_226;

  /** Mel power of a quiet room in a recording of full scale, about −90 dB. */
  private static final double FLOOR = 1e-9;

  private record Pair(double[] reference, double[] candidate, Diversity.Step step) {}

  private final Waves waves;
  private final LogMel mel;
  private final Reservoir<Pair> pairs = new Reservoir<>(CAPACITY, SEED);
  private double[][] lastReference = {};
  private double[][] lastCandidate = {};

  AudioSets(Waves waves, double sampleRate) {
    this.waves = waves;
    this.mel = new LogMel(sampleRate);
  }

  @Override
  public void add(Values reference, Values candidate) {
    int a = Waves.length(reference.shape());
    int b = Waves.length(candidate.shape());
    for (int i = 0; i < Waves.count(reference) && a > 0 && b > 0; i++) {
      add(mel.of(waves.wave(reference, i, a)), mel.of(waves.wave(candidate, i, b)));
    }
  }

  private void add(double[][] reference, double[][] candidate) {
    Diversity.Step step =
        lastReference.length == 0
            ? Diversity.Step.FIRST
            : new Diversity.Step(
                LogMel.distance(lastReference, reference),
                LogMel.distance(lastCandidate, candidate));
    pairs.add(new Pair(LogMel.longTerm(reference), LogMel.longTerm(candidate), step));
    lastReference = reference;
    lastCandidate = candidate;
  }

  @Override
  public void into(Map<Metric, Double> metrics, Map<Metric, Double> chance) {
    List<Pair> kept = pairs.kept();
    if (kept.size() < 2) {
      return;
    }
    List<double[]> x = kept.stream().map(Pair::reference).toList();
    List<double[]> y = kept.stream().map(Pair::candidate).toList();
    SpectrumDistance distance = new SpectrumDistance(FLOOR);
    metrics.put(Metric.SPECTRUM_DISTANCE, distance.of(x, y));
    chance.put(
        Metric.SPECTRUM_DISTANCE,
        Splits.of(kept.size(), SEED).percentile95(halves -> distance.of(x, halves)));
    Diversity.into(kept.stream().map(Pair::step).toList(), SEED, metrics, chance);
  }
}
