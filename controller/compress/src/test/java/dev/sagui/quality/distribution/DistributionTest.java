/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.distribution;

import static dev.sagui.quality.Signals.golden;
import static dev.sagui.quality.Signals.noise;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Golden values: numpy and scipy, by {@code src/test/python/quality_golden.py}. */
class DistributionTest {
  private static final List<float[]> X = rows(noise(11, 480), 12);
  private static final List<float[]> Y = rows(mixed(noise(11, 480), noise(12, 480)), 12);

  @Test
  void slicedWassersteinAgreesWithScipy() {
    assertEquals(golden("swd"), new SlicedWasserstein(3, 4, 5).between(X, Y), 1e-5);
  }

  @Test
  void kernelDistanceAgreesWithNumpy() {
    assertEquals(golden("kid"), KernelDistance.of(X, Y), 1e-6);
  }

  @Test
  void equalSetsAreAtNoDistance() {
    assertEquals(0, new SlicedWasserstein(1, 12, 1).between(X, X));
    assertEquals(0, KernelDistance.of(X, X), 1e-12);
    assertEquals(KernelDistance.of(X, Y), KernelDistance.of(Y, X), 1e-12);
  }

  @Test
  void shiftInOneDimensionIsItsSize() {
    List<float[]> x = rows(normal(1, 1000), 1);
    List<float[]> y = x.stream().map(v -> new float[] {v[0] + 0.5f}).toList();
    double[] values = x.stream().mapToDouble(v -> v[0]).toArray();
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElse(0);
    assertEquals(0.5 / Math.sqrt(variance), new SlicedWasserstein(1, 1, 1).between(x, y), 1e-5);
  }

  @Test
  void slicedWassersteinOfOneUnitIsSymmetric() {
    List<float[]> x = rows(normal(1, 800), 4);
    List<float[]> y = new ArrayList<>();
    x.forEach(v -> y.add(new float[] {v[3], -v[0], v[1], v[2]}));
    SlicedWasserstein swd = new SlicedWasserstein(1, 4, 7);
    assertEquals(swd.between(x, y), swd.between(y, x), 0.01 * swd.between(x, y));
  }

  @Test
  void bothGrowWithNoise() {
    double lastSwd = 0;
    double lastKid = 0;
    List<float[]> x = rows(normal(1, 1200), 6);
    for (float spread : new float[] {0.3f, 0.6f, 1.2f, 2.4f}) {
      float[] error = normal(2, 1200);
      float[] noisy = normal(1, 1200);
      for (int i = 0; i < noisy.length; i++) {
        noisy[i] += spread * error[i];
      }
      double swd = new SlicedWasserstein(1, 6, 1).between(x, rows(noisy, 6));
      double kid = KernelDistance.of(x, rows(noisy, 6));
      assertTrue(swd > lastSwd && kid > lastKid, "%s %s".formatted(swd, kid));
      lastSwd = swd;
      lastKid = kid;
    }
  }

  @Test
  void kernelDistanceIsUnbiased() {
    double sum = 0;
    for (int i = 0; i < 200; i++) {
      sum += KernelDistance.of(rows(normal(2 * i, 90), 3), rows(normal(2 * i + 1, 90), 3)) / 200;
    }
    assertEquals(0, sum, 0.08);
  }

  @Test
  void otherHalvesAreAtAChanceDistance() {
    List<float[]> x = rows(normal(1, 4000), 4);
    List<float[]> same = rows(normal(9, 4000), 4);
    List<float[]> wider =
        same.stream().map(v -> new float[] {2 * v[0], 2 * v[1], 2 * v[2], 2 * v[3]}).toList();
    SlicedWasserstein swd = new SlicedWasserstein(1, 4, 1);
    double chance = Splits.percentile95(swd.betweenHalves(x, 1, Splits.of(1000, 3)));
    assertTrue(swd.between(x, same) < chance);
    assertTrue(swd.between(x, wider) > 3 * chance);
    double kid = Splits.of(1000, 3).percentile95(halves -> KernelDistance.of(x, halves));
    assertTrue(KernelDistance.of(x, same) < kid);
    assertTrue(KernelDistance.of(x, wider) > 3 * kid);
  }

  @Test
  void halvesAgreeWithTwoSetsByThemselves() {
    List<float[]> x = rows(normal(1, 800), 2);
    Splits splits = Splits.of(100, 3);
    SlicedWasserstein swd = new SlicedWasserstein(1, 2, 1);
    Splits.Halves halves = splits.halves().get(0);
    double apart = swd.between(owned(x, halves.first()), owned(x, halves.second()));
    assertEquals(apart, swd.betweenHalves(x, 4, splits)[0], 0.1 * apart);
  }

  @Test
  void splitsAreDisjointHalvesOfTheSeed() {
    Splits splits = Splits.of(11, 4);
    assertEquals(20, splits.halves().size());
    for (Splits.Halves halves : splits.halves()) {
      assertEquals(5, halves.first().length);
      int[] both =
          IntStream.concat(IntStream.of(halves.first()), IntStream.of(halves.second())).toArray();
      assertEquals(10, IntStream.of(both).distinct().count());
    }
    assertArrayEquals(splits.halves().get(7).first(), Splits.of(11, 4).halves().get(7).first());
    assertTrue(Double.isNaN(Splits.of(3, 4).percentile95(halves -> 1)));
  }

  @Test
  void percentileIsInterpolated() {
    double[] values = IntStream.range(0, 20).mapToDouble(i -> 19 - i).toArray();
    assertEquals(18.05, Splits.percentile95(values), 1e-9);
  }

  @Test
  void reservoirKeepsAUniformSample() {
    double mean = 0;
    for (int seed = 0; seed < 100; seed++) {
      Reservoir<Integer> reservoir = new Reservoir<>(50, seed);
      IntStream.range(0, 5000).forEach(reservoir::add);
      assertEquals(50, reservoir.kept().size());
      mean += reservoir.kept().stream().mapToInt(i -> i).average().orElseThrow() / 100;
    }
    assertEquals(2500, mean, 100);
  }

  @Test
  void reservoirKeepsTheOrderWhileAllFit() {
    Reservoir<Integer> reservoir = new Reservoir<>(50, 1);
    IntStream.range(0, 50).forEach(reservoir::add);
    assertEquals(IntStream.range(0, 50).boxed().toList(), reservoir.kept());
  }

  @Test
  void unequalSetsAreRefusedAndBrokenOnesAreNoNumber() {
    assertThrows(IllegalArgumentException.class, () -> KernelDistance.of(X, Y.subList(0, 30)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new SlicedWasserstein(1, 12, 1).between(X, Y.subList(0, 30)));
    List<float[]> broken = new ArrayList<>(X);
    broken.set(3, new float[] {Float.NaN, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    assertFalse(Double.isFinite(KernelDistance.of(X, broken)));
    assertFalse(Double.isFinite(new SlicedWasserstein(1, 12, 1).between(X, broken)));
  }

  private static List<float[]> owned(List<float[]> x, int[] owners) {
    List<float[]> owned = new ArrayList<>();
    IntStream.of(owners).forEach(owner -> owned.addAll(x.subList(4 * owner, 4 * owner + 4)));
    return owned;
  }

  private static List<float[]> rows(float[] values, int size) {
    return IntStream.range(0, values.length / size)
        .mapToObj(i -> Arrays.copyOfRange(values, i * size, (i + 1) * size))
        .toList();
  }

  private static float[] mixed(float[] a, float[] b) {
    float[] mixed = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      mixed[i] = 0.8f * a[i] + 0.3f * b[i];
    }
    return mixed;
  }

  private static float[] normal(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
