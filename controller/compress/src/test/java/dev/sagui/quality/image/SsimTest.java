/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.quality.image;

import static dev.sagui.quality.Signals.disturbed;
import static dev.sagui.quality.Signals.golden;
import static dev.sagui.quality.Signals.picture;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Golden values: scikit-image and scipy, by {@code src/test/python/quality_golden.py}. */
class SsimTest {
  @ParameterizedTest
  @CsvSource({"28, 28", "64, 48", "200, 190"})
  void agreesWithScikitImage(int height, int width) {
    float[] a = picture(1, height, width);
    float[] b = disturbed(a, 0.9f, 0.2f, 7);
    String size = height + "x" + width;
    assertEquals(golden("ssim_" + size), Ssim.of(a, b, height, width, 1).mean(), 1e-5);
    assertEquals(Ssim.of(a, b, height, width, 1).mean(), MsSsim.of(a, b, height, width, 1).ssim());
    assertEquals(golden("ms_ssim_" + size), MsSsim.of(a, b, height, width, 1).value(), 1e-5);
  }

  @Test
  void scaleOfValuesDoesNotMatter() {
    float[] a = picture(1, 28, 28);
    float[] b = disturbed(a, 0.9f, 0.2f, 7);
    double large = Ssim.of(disturbed(a, 255, 0, 1), disturbed(b, 255, 0, 1), 28, 28, 255).mean();
    assertEquals(Ssim.of(a, b, 28, 28, 1).mean(), large, 1e-5);
  }

  @Test
  void constantPlanesHaveTheClosedForm() {
    float[] a = new float[400];
    float[] b = new float[400];
    java.util.Arrays.fill(a, 0.5f);
    java.util.Arrays.fill(b, 0.25f);
    double luminance = (2 * 0.125 + 1e-4) / (0.25 + 0.0625 + 1e-4);
    assertEquals(luminance, Ssim.of(a, b, 20, 20, 1).mean(), 1e-9);
    assertEquals(1, Ssim.of(a, b, 20, 20, 1).contrast(), 1e-9);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 8, 11, 22, 176})
  void equalPlanesOfAnySizeAreAlikeAndOthersAreNot(int side) {
    float[] a = picture(3, side, side);
    float[] b = picture(4, side, side);
    assertEquals(1, Ssim.of(a, a, side, side, 1).mean(), 1e-9);
    assertEquals(1, MsSsim.of(a, a, side, side, 1).value(), 1e-9);
    assertTrue(Ssim.of(a, b, side, side, 1).mean() < 0.999);
    assertEquals(Ssim.of(a, b, side, side, 1).mean(), Ssim.of(b, a, side, side, 1).mean(), 1e-12);
  }

  @Test
  void windowShrinksWithSmallPictures() {
    assertEquals(11, Ssim.window(11).length);
    assertEquals(7, Ssim.window(8).length);
    assertEquals(1, Ssim.window(2).length);
  }

  @Test
  void scalesAreThoseThatLeaveAWindow() {
    assertEquals(1, MsSsim.scales(21, 99));
    assertEquals(2, MsSsim.scales(28, 28));
    assertEquals(5, MsSsim.scales(176, 500));
  }

  @Test
  void moreNoiseIsLessSimilar() {
    float[] a = picture(1, 64, 64);
    double last = 1;
    double lastScales = 1;
    for (float spread : new float[] {0.01f, 0.05f, 0.2f, 1}) {
      float[] b = disturbed(a, 1, spread, 5);
      double next = Ssim.of(a, b, 64, 64, 1).mean();
      double nextScales = MsSsim.of(a, b, 64, 64, 1).value();
      assertTrue(next < last && nextScales < lastScales);
      last = next;
      lastScales = nextScales;
    }
  }
}
