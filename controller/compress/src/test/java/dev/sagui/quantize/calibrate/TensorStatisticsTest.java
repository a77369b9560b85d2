/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quantize.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sagui.failure.RejectedException;
import dev.sagui.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TensorStatisticsTest {
  private static final int MANY = 400_000;

  /**
   * Clips that minimise the squared error of unit normal and Laplace values, as ACIQ has them
   * (1810.05723).
   */
  @ParameterizedTest
  @CsvSource({"normal,16,2.559", "normal,256,3.92", "laplace,16,5.03", "laplace,256,9.89"})
  void squaredErrorIsLeastAtTheKnownClip(String kind, int levels, double clip) {
    TensorStatistics statistics = of(drawn(kind, 1));
    double expected = bestClip(kind, levels);
    assertEquals(clip, expected, 0.35, "the closed form is about what tables say");
    for (RangeMethod method : new RangeMethod[] {RangeMethod.MSE, RangeMethod.OCTAV}) {
      Range range = statistics.range(method, levels, true);
      assertEquals(expected, range.high(), 0.08 * expected, method + " " + range);
      assertEquals(-range.low(), range.high());
    }
  }

  @Test
  void freeEndsOfSymmetricDataAreThoseOfTheSymmetricRange() {
    TensorStatistics statistics = of(drawn("laplace", 2));
    double expected = bestClip("laplace", 16);
    for (RangeMethod method : new RangeMethod[] {RangeMethod.MSE, RangeMethod.OCTAV}) {
      Range range = statistics.range(method, 16, false);
      assertEquals(expected, range.high(), 0.2 * expected, method + " " + range);
      assertEquals(-expected, range.low(), 0.2 * expected, method + " " + range);
    }
  }

  @Test
  void searchedRangeIsNeverWorseThanAnyOther() {
    TensorStatistics statistics = of(drawn("laplace", 3));
    for (int levels : new int[] {16, 256}) {
      double least =
          statistics.squaredError(statistics.range(RangeMethod.MSE, levels, false), levels);
      for (RangeMethod method : RangeMethod.values()) {
        double other = statistics.squaredError(statistics.range(method, levels, false), levels);
        assertTrue(least <= other, method + ": " + least + " > " + other);
      }
    }
  }

  @Test
  void uniformDataAreHardlyClipped() {
    float[] values = new float[MANY];
    for (int i = 0; i < MANY; i++) {
      values[i] = -1 + 2f * i / (MANY - 1);
    }
    TensorStatistics statistics = of(values);
    for (RangeMethod method : RangeMethod.values()) {
      Range range = statistics.range(method, 256, false);
      assertEquals(1, range.high(), 0.02, method.label());
      assertEquals(-1, range.low(), 0.02, method.label());
    }
    double step = 2.0 / 255;
    assertEquals(
        step * step / 12, statistics.squaredError(Range.of(-1, 1), 256), 0.05 * step * step / 12);
  }

  @Test
  void percentileCutsBothEndsAlike() {
    float[] values = new float[100_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = i - 50_000;
    }
    TensorStatistics statistics = of(values);
    double bin = 100_000.0 / (Histogram.BINS / 2);
    Range range = statistics.range(RangeMethod.PERCENTILE_99_9, 256, false);
    assertEquals(49_950, range.high(), bin);
    assertEquals(-49_950, range.low(), bin);
    assertEquals(statistics.max(), statistics.range(RangeMethod.MINMAX, 256, false).high());
  }

  @Test
  void percentileOfValuesThatAreMostlyZeroIsZero() {
    float[] values = new float[1_000_000];
    values[0] = 7;
    assertEquals(Range.ZERO, of(values).range(RangeMethod.PERCENTILE, 256, false));
    assertEquals(7, of(values).range(RangeMethod.MSE, 256, false).high(), 0.1);
  }

  @ParameterizedTest
  @EnumSource(RangeMethod.class)
  void rangesHoldZeroForOneSidedConstantAndEmptyData(RangeMethod method) {
    assertEquals(Range.ZERO, new TensorStatistics().range(method, 256, false));
    assertEquals(Range.ZERO, of(new float[100]).range(method, 256, false));
    float[] fives = new float[100];
    Arrays.fill(fives, 5);
    TensorStatistics constant = of(fives);
    assertFalse(constant.varies());
    Range range = constant.range(method, 256, false);
    assertEquals(0, range.low());
    assertEquals(5, range.high(), 0.05);
    assertEquals(-5, constant.range(method, 256, true).low(), 0.05);
    float[] minus = new float[] {-3, -2, -1};
    assertEquals(0, of(minus).range(method, 256, false).high());
  }

  @ParameterizedTest
  @EnumSource(RangeMethod.class)
  void nanAndInfinityAreCountedAndLeftOut(RangeMethod method) {
    float[] clean = drawn("normal", 4);
    float[] dirty = Arrays.copyOf(clean, clean.length + 3);
    dirty[clean.length] = Float.NaN;
    dirty[clean.length + 1] = Float.POSITIVE_INFINITY;
    dirty[clean.length + 2] = Float.NEGATIVE_INFINITY;
    TensorStatistics statistics = of(dirty);
    assertEquals(3, statistics.notFinite());
    assertEquals(clean.length, statistics.count());
    assertEquals(of(clean).range(method, 256, false), statistics.range(method, 256, false));
    TensorStatistics none = of(new float[] {Float.NaN, Float.NaN});
    assertEquals(Range.ZERO, none.range(method, 256, true));
    assertFalse(none.varies());
  }

  @Test
  void anySplitOfTheDataGivesTheSame() {
    float[] values = drawn("laplace", 5);
    for (int i = 0; i < values.length; i++) {
      values[i] *= 1 + i / 1000f; // widens again and again
    }
    TensorStatistics whole = new TensorStatistics();
    whole.add(Tensor.of("v", values, 4, values.length / 4), 4);
    TensorStatistics parts = new TensorStatistics();
    int quarter = values.length / 4;
    for (int i = 3; i >= 0; i--) {
      float[] part = Arrays.copyOfRange(values, i * quarter, (i + 1) * quarter);
      parts.add(Tensor.of("v", part, 1, quarter), 1);
    }
    for (RangeMethod method : RangeMethod.values()) {
      assertEquals(
          whole.range(method, 256, false), parts.range(method, 256, false), method.label());
    }
    assertEquals(whole.zeros(), parts.zeros());
  }

  @Test
  void movingAverageIsTheMeanOfEachSamplesEnds() {
    TensorStatistics statistics = new TensorStatistics();
    statistics.add(Tensor.of("v", new float[] {-1, 2, -3, 8}, 2, 2), 2);
    statistics.add(Tensor.of("v", new float[] {5, -2, 0}, 1, 3), 1);
    assertEquals(Range.of(-2, 5), statistics.range(RangeMethod.MOVING_AVERAGE, 256, false));
  }

  @Test
  void entropyAgreesWithThePlainDefinition() {
    Random random = new Random(6);
    for (int levels : new int[] {8, 16, 32}) {
      double[] counts = new double[200];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = Math.floor(2000 * Math.exp(-i / 25.0) * random.nextDouble());
      }
      assertEquals(PlainEntropy.bins(counts, levels), Entropy.bins(counts, levels));
    }
  }

  @Test
  void entropyClipsAFarOutlier() {
    float[] values = drawn("normal", 7);
    values[0] = 60;
    float high = of(values).range(RangeMethod.ENTROPY, 256, false).high();
    assertTrue(high > 2 && high < 15, "clipped at " + high);
  }

  @Test
  void methodsAreReadByTheirLabels() {
    for (RangeMethod method : RangeMethod.values()) {
      assertEquals(method, RangeMethod.parse(method.label()));
    }
    RejectedException e = assertThrows(RejectedException.class, () -> RangeMethod.parse("kl"));
    assertTrue(e.getMessage().contains("entropy"), e.getMessage());
  }

  private static TensorStatistics of(float[] values) {
    TensorStatistics statistics = new TensorStatistics();
    statistics.add(Tensor.of("v", values, values.length), 1);
    return statistics;
  }

  private static float[] drawn(String kind, long seed) {
    Random random = new Random(seed);
    Supplier<Double> draw =
        kind.equals("normal")
            ? random::nextGaussian
            : () -> Math.signum(random.nextDouble() - 0.5) * -Math.log(1 - random.nextDouble());
    float[] values = new float[MANY];
    for (int i = 0; i < MANY; i++) {
      values[i] = draw.get().floatValue();
    }
    return values;
  }

  /** Least Δ²/12·P(inside) + E[(|x| − c)²; beyond] by the densities, on a fine grid. */
  private static double bestClip(String kind, int levels) {
    double best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (double clip = 1; clip < 15; clip += 0.005) {
      double beyond = 0;
      double tail = 0;
      for (double x = clip; x < clip + 12; x += 0.005) {
        double p = 2 * density(kind, x + 0.0025) * 0.005;
        tail += p;
        beyond += p * (x + 0.0025 - clip) * (x + 0.0025 - clip);
      }
      double step = 2 * clip / (levels - 1);
      double error = step * step / 12 * (1 - tail) + beyond;
      if (error < least) {
        least = error;
        best = clip;
      }
    }
    return best;
  }

  private static double density(String kind, double x) {
    return kind.equals("normal")
        ? Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI)
        : Math.exp(-Math.abs(x)) / 2;
  }
}
