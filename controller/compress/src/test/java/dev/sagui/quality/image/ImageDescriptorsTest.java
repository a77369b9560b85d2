/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.image;

import static dev.sagui.quality.Signals.golden;
import static dev.sagui.quality.Signals.noise;
import static dev.sagui.quality.Signals.picture;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Golden values: numpy and scipy, by {@code src/test/python/quality_golden.py}. */
class ImageDescriptorsTest {
  @Test
  void pyramidAgreesWithScipy() {
    List<LaplacianPyramid.Level> levels = LaplacianPyramid.of(picture(2, 60, 36), 60, 36);
    assertEquals(golden("pyramid_levels"), levels.size());
    for (int i = 0; i < levels.size(); i++) {
      float[] values = levels.get(i).values();
      double squares = 0;
      for (float value : values) {
        squares += (double) value * value / values.length;
      }
      assertEquals(golden("pyramid_" + i + "_rms"), Math.sqrt(squares), 1e-6);
      assertEquals(golden("pyramid_" + i + "_last"), values[values.length - 1], 1e-6);
    }
  }

  @Test
  void smallPictureIsItsOnlyLevel() {
    float[] plane = noise(1, 27 * 29);
    List<LaplacianPyramid.Level> levels = LaplacianPyramid.of(plane, 27, 29);
    assertEquals(1, levels.size());
    assertArrayEquals(plane, levels.get(0).values());
  }

  @Test
  void oddSidesArePyramidsToo() {
    List<LaplacianPyramid.Level> levels = LaplacianPyramid.of(noise(1, 57 * 29), 57, 29);
    assertEquals(2, levels.size());
    assertEquals(29, levels.get(1).height());
    assertEquals(15, levels.get(1).width());
  }

  @Test
  void spectrumAgreesWithNumpy() {
    double[] power = new RadialSpectrum(28, 20).of(picture(3, 28, 20));
    assertEquals(14, power.length);
    for (int bin : new int[] {1, 5, 14}) {
      double expected = golden("spectrum_" + bin);
      assertEquals(expected, power[bin - 1], 1e-6 * expected);
    }
  }

  @Test
  void whiteNoiseIsFlatAtItsVariance() {
    double[] sum = new double[45];
    RadialSpectrum spectrum = new RadialSpectrum(64, 64);
    for (int i = 0; i < 50; i++) {
      double[] power = spectrum.of(noise(1000 + 77 * i, 64 * 64));
      for (int bin = 0; bin < sum.length; bin++) {
        sum[bin] += power[bin] / 50;
      }
    }
    for (int bin = 2; bin < sum.length; bin++) {
      assertEquals(1 / 12.0, sum[bin], 0.02);
    }
  }

  @Test
  void checkerboardStandsInTheLastBins() {
    float[] board = new float[32 * 32];
    for (int i = 0; i < board.length; i++) {
      board[i] = (i / 32 + i % 32) % 2;
    }
    double[] power = new RadialSpectrum(32, 32).of(board);
    double rest = Arrays.stream(power, 0, power.length - 3).max().orElseThrow();
    assertTrue(power[power.length - 1] > 100 * rest, Arrays.toString(power));
  }

  @Test
  void featuresAgreeWithScipy() {
    float[] features =
        new RandomFeatures(2, 9).of(new float[][] {picture(4, 21, 30), picture(5, 21, 30)}, 21, 30);
    assertEquals(RandomFeatures.COUNT, features.length);
    assertEquals(golden("features_first"), features[0], 1e-5);
    assertEquals(golden("features_last"), features[features.length - 1], 1e-5);
    double squares = 0;
    for (float feature : features) {
      squares += (double) feature * feature;
    }
    assertEquals(golden("features_norm"), Math.sqrt(squares), 1e-4);
  }

  @Test
  void featuresAreThoseOfTheSeed() {
    float[][] planes = {picture(4, 28, 28)};
    assertArrayEquals(
        new RandomFeatures(1, 1).of(planes, 28, 28), new RandomFeatures(1, 1).of(planes, 28, 28));
    assertFalse(
        Arrays.equals(
            new RandomFeatures(1, 1).of(planes, 28, 28),
            new RandomFeatures(1, 2).of(planes, 28, 28)));
    assertThrows(IllegalArgumentException.class, () -> new RandomFeatures(3, 1).of(planes, 28, 28));
  }
}
