/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality;

import dev.sagui.quality.distribution.KernelDistance;
import dev.sagui.quality.distribution.Reservoir;
import dev.sagui.quality.distribution.SlicedWasserstein;
import dev.sagui.quality.distribution.Splits;
import dev.sagui.quality.image.LaplacianPyramid;
import dev.sagui.quality.image.RadialSpectrum;
import dev.sagui.quality.image.RandomFeatures;
import dev.sagui.quality.image.Ssim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Sliced Wasserstein distance of Laplacian-pyramid patches, KID on random features, distance of
 * mean spectra, and diversity by 1 − SSIM.
 *
 * <p>Keeps 256 pictures' features and 32 patches of 7×7 of each pyramid level, at the same places
 * in both models: about 3 MB for each level and channel. Pictures of another size than the first
 * are left out.
 */
final class ImageSets implements SetJudge {
  private static final int CAPACITY = 256;
  private static final int PATCHES = 32;
  private static final int PATCH_SIDE = 7;
  private static final long SEED = 20_180_226; // any will do; reports compare only when it stays

  /** One picture, of one model. */
  private record Side(List<float[]> patches, float[] features, double[] spectrum) {}

  private record Pair(Side reference, Side candidate, Diversity.Step step) {}

  private final ImageLayout layout;
  private final NominalRange range;
  private final RandomFeatures features;
  private final RadialSpectrum spectrum;
  private final Random places = new Random(SEED);
  private final Reservoir<Pair> pairs = new Reservoir<>(CAPACITY, SEED);
  private float[][] lastReference = {};
  private float[][] lastCandidate = {};

  /**
   * @param layout of the first batch
   */
  ImageSets(ImageLayout layout, NominalRange range) {
    this.layout = layout;
    this.range = range;
    this.features = new RandomFeatures(layout.channels(), SEED);
    this.spectrum = new RadialSpectrum(layout.height(), layout.width());
  }

  @Override
  public void add(Values reference, Values candidate) {
    ImageLayout found = ImageLayout.of(reference.shape()).orElse(layout);
    if (found.height() != layout.height() || found.width() != layout.width()) {
      return;
    }
    for (int image = 0; image < found.images(); image++) {
      add(found.planes(reference.elements(), image), found.planes(candidate.elements(), image));
    }
  }

  private void add(float[][] reference, float[][] candidate) {
    long seed = places.nextLong();
    Diversity.Step step =
        lastReference.length == 0
            ? Diversity.Step.FIRST
            : new Diversity.Step(
                distance(lastReference, reference), distance(lastCandidate, candidate));
    pairs.add(new Pair(side(reference, seed), side(candidate, seed), step));
    lastReference = reference;
    lastCandidate = candidate;
  }

  private double distance(float[][] a, float[][] b) {
    double similarity = 0;
    for (int c = 0; c < a.length; c++) {
      similarity += Ssim.of(a[c], b[c], layout.height(), layout.width(), range.peak()).mean();
    }
    return 1 - similarity / a.length;
  }

  private Side side(float[][] planes, long seed) {
    float[][] centred = new float[planes.length][];
    double[] power = new double[spectrum.bins()];
    for (int c = 0; c < planes.length; c++) {
      centred[c] = centred(planes[c]);
      double[] own = spectrum.of(planes[c]);
      for (int bin = 0; bin < power.length; bin++) {
        power[bin] += own[bin] / planes.length;
      }
    }
    return new Side(
        patches(planes, new Random(seed)),
        features.of(centred, layout.height(), layout.width()),
        power);
  }

  private float[] centred(float[] plane) {
    float[] centred = new float[plane.length];
    for (int i = 0; i < plane.length; i++) {
      centred[i] = (float) (2 * (plane[i] - range.low()) / range.peak() - 1);
    }
    return centred;
  }

  /** Level after level, each [patches · channels · side²]. */
  private static List<float[]> patches(List<List<LaplacianPyramid.Level>> channels, Random random) {
    List<float[]> all = new ArrayList<>();
    for (int level = 0; level < channels.get(0).size(); level++) {
      LaplacianPyramid.Level first = channels.get(0).get(level);
      int side = Math.min(PATCH_SIDE, Math.min(first.height(), first.width()));
      for (int patch = 0; patch < PATCHES; patch++) {
        int top = random.nextInt(first.height() - side + 1);
        int left = random.nextInt(first.width() - side + 1);
        float[] values = new float[channels.size() * side * side];
        for (int i = 0; i < values.length; i++) {
          int within = i % (side * side);
          float[] plane = channels.get(i / (side * side)).get(level).values();
          values[i] = plane[(top + within / side) * first.width() + left + within % side];
        }
        all.add(values);
      }
    }
    return all;
  }

  private List<float[]> patches(float[][] planes, Random random) {
    List<List<LaplacianPyramid.Level>> channels = new ArrayList<>();
    for (float[] plane : planes) {
      channels.add(LaplacianPyramid.of(plane, layout.height(), layout.width()));
    }
    return patches(channels, random);
  }

  @Override
  public void into(Map<Metric, Double> metrics, Map<Metric, Double> chance) {
    List<Pair> kept = pairs.kept();
    if (kept.size() < 2) {
      return;
    }
    Splits splits = Splits.of(kept.size(), SEED);
    wasserstein(kept, splits, metrics, chance);
    List<float[]> x = kept.stream().map(pair -> pair.reference().features()).toList();
    List<float[]> y = kept.stream().map(pair -> pair.candidate().features()).toList();
    metrics.put(Metric.KID, KernelDistance.of(x, y));
    chance.put(Metric.KID, splits.percentile95(halves -> KernelDistance.of(x, halves)));
    SpectrumDistance distance = new SpectrumDistance(1e-8 * range.peak() * range.peak());
    List<double[]> a = kept.stream().map(pair -> pair.reference().spectrum()).toList();
    List<double[]> b = kept.stream().map(pair -> pair.candidate().spectrum()).toList();
    metrics.put(Metric.SPECTRUM_DISTANCE, distance.of(a, b));
    chance.put(Metric.SPECTRUM_DISTANCE, splits.percentile95(halves -> distance.of(a, halves)));
    Diversity.into(kept.stream().map(Pair::step).toList(), SEED, metrics, chance);
  }

  private void wasserstein(
      List<Pair> kept, Splits splits, Map<Metric, Double> metrics, Map<Metric, Double> chance) {
    int levels = kept.get(0).reference().patches().size() / PATCHES;
    double sum = 0;
    double[] halves = new double[splits.halves().size()];
    for (int level = 0; level < levels; level++) {
      int from = level * PATCHES;
      List<float[]> x = new ArrayList<>();
      List<float[]> y = new ArrayList<>();
      for (Pair pair : kept) {
        x.addAll(pair.reference().patches().subList(from, from + PATCHES));
        y.addAll(pair.candidate().patches().subList(from, from + PATCHES));
      }
      int length = x.get(0).length / layout.channels();
      SlicedWasserstein swd = new SlicedWasserstein(layout.channels(), length, SEED + level);
      sum += swd.between(x, y);
      double[] own = swd.betweenHalves(x, PATCHES, splits);
      for (int i = 0; i < halves.length; i++) {
        halves[i] += own[i] / levels;
      }
    }
    metrics.put(Metric.SWD, sum / levels);
    chance.put(Metric.SWD, Splits.percentile95(halves));
  }
}
