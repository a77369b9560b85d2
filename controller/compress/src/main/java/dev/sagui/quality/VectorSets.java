/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.quality.distribution.Reservoir;
import dev.sagui.quality.distribution.SlicedWasserstein;
import dev.sagui.quality.distribution.Splits;
import java.util.List;
import java.util.Map;

/**
 * Sliced Wasserstein distance of outputs as vectors, and diversity by their Euclidean distance.
 *
 * <p>Keeps 512 pairs of vectors, of long ones 4096 elements evenly spread: at most 17 MB.
 */
final class VectorSets implements SetJudge {
  private static final int CAPACITY = 512;
  private static final int MAX_LENGTH = 4096;
  private static final long SEED = 20_180_226;

  private record Pair(float[] reference, float[] candidate, Diversity.Step step) {}

  private final Reservoir<Pair> pairs = new Reservoir<>(CAPACITY, SEED);
  private float[] lastReference = {};
  private float[] lastCandidate = {};

  @Override
  public void add(Values reference, Values candidate) {
    for (int i = 0; i < reference.samples(); i++) {
      float[] a = thinned(reference.sample(i));
      float[] b = thinned(candidate.sample(i));
      Diversity.Step step =
          lastReference.length == a.length
              ? new Diversity.Step(distance(lastReference, a), distance(lastCandidate, b))
              : Diversity.Step.FIRST;
      pairs.add(new Pair(a, b, step));
      lastReference = a;
      lastCandidate = b;
    }
  }

  private static float[] thinned(float[] vector) {
    if (vector.length <= MAX_LENGTH) {
      return vector;
    }
    float[] thin = new float[MAX_LENGTH];
    for (int i = 0; i < MAX_LENGTH; i++) {
      thin[i] = vector[(int) ((long) i * vector.length / MAX_LENGTH)];
    }
    return thin;
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  @Override
  public void into(Map<Metric, Double> metrics, Map<Metric, Double> chance) {
    List<Pair> kept = pairs.kept();
    int length = kept.isEmpty() ? 0 : kept.get(0).reference().length;
    if (kept.size() < 2
        || length == 0
        || kept.stream().anyMatch(pair -> pair.reference().length != length)) {
      return;
    }
    List<float[]> x = kept.stream().map(Pair::reference).toList();
    List<float[]> y = kept.stream().map(Pair::candidate).toList();
    SlicedWasserstein swd = new SlicedWasserstein(1, length, SEED);
    metrics.put(Metric.SWD, swd.between(x, y));
    Splits splits = Splits.of(kept.size(), SEED);
    chance.put(Metric.SWD, Splits.percentile95(swd.betweenHalves(x, 1, splits)));
    Diversity.into(kept.stream().map(Pair::step).toList(), SEED, metrics, chance);
  }
}
